package tokenizer

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"hash/crc32"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// golden is testdata/golden.json.gz, written by testdata/make_golden.py.
type golden struct {
	MadeWith string         `json:"made_with"`
	Texts    []goldenText   `json:"texts"`
	Variants []goldenFolder `json:"variants"`
}

type goldenFolder struct {
	Name       string               `json:"name"`
	Files      map[string]string    `json:"files"`
	Size       int                  `json:"size"`
	IDs        [][]int32            `json:"ids"`
	CRC        []uint32             `json:"crc"`
	Cut        [][3]json.RawMessage `json:"cut"`
	Pairs      [][5]json.RawMessage `json:"pairs"`
	Decoded    []string             `json:"decoded"`
	CodePoints []string             `json:"code_points"`
}

// goldenText is written as a string, or as {"base64": …} where it is no UTF-8.
type goldenText string

func (g *goldenText) UnmarshalJSON(b []byte) error {
	var broken struct{ Base64 []byte }
	if b[0] == '{' {
		err := json.Unmarshal(b, &broken)
		*g = goldenText(broken.Base64)
		return err
	}
	return json.Unmarshal(b, (*string)(g))
}

func readGolden(t testing.TB) (g golden) {
	t.Helper()
	f, err := os.Open("testdata/golden.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(z).Decode(&g); err != nil {
		t.Fatal(err)
	}
	return g
}

func (f goldenFolder) fs() fstest.MapFS {
	folder := fstest.MapFS{}
	for name, text := range f.Files {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return folder
}

func (f goldenFolder) load(t testing.TB) *Tokenizer {
	t.Helper()
	tok, err := Load(f.fs())
	if err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return tok
}

func crcOf(ids []int32) uint32 {
	var b []byte
	for _, id := range ids {
		b = binary.LittleEndian.AppendUint32(b, uint32(id))
	}
	return crc32.ChecksumIEEE(b)
}

func TestIDsAreThoseOfTheTokenizersLibrary(t *testing.T) {
	g := readGolden(t)
	compared := 0
	for _, v := range g.Variants {
		tok := v.load(t)
		if tok.Size() != v.Size {
			t.Errorf("%s: %d ids, want %d", v.Name, tok.Size(), v.Size)
		}
		for i, text := range g.Texts {
			got := tok.Encode(nil, string(text), 0)
			compared += len(got)
			if i < len(v.IDs) && !slices.Equal(got, v.IDs[i]) {
				t.Errorf("%s: %q\n got %v\nwant %v", v.Name, text, tokensOf(tok, got), tokensOf(tok, v.IDs[i]))
			} else if crcOf(got) != v.CRC[i] {
				t.Errorf("%s: %q gives other ids: %v", v.Name, text, tokensOf(tok, got))
			}
		}
	}
	t.Logf("%d ids of %d texts in %d folders compared with %s", compared, len(g.Texts), len(g.Variants), g.MadeWith)
}

func tokensOf(tok *Tokenizer, ids []int32) (list []string) {
	for _, id := range ids {
		list = append(list, tok.Token(id))
	}
	return list
}

func TestCuttingIsThatOfTheTokenizersLibrary(t *testing.T) {
	g := readGolden(t)
	for _, v := range g.Variants {
		tok := v.load(t)
		for _, c := range v.Cut {
			var text, length int
			var want []int32
			scan(t, c[:], &text, &length, &want)
			if got := tok.Encode(nil, string(g.Texts[text]), length); !slices.Equal(got, want) {
				t.Errorf("%s: %q cut to %d\n got %v\nwant %v", v.Name, g.Texts[text], length, got, want)
			}
		}
		for _, c := range v.Pairs {
			var first, second, length int
			var want, segments []int32
			scan(t, c[:], &first, &second, &length, &want, &segments)
			ids, seg := tok.EncodePair([]int32{7}, nil, string(g.Texts[first]), string(g.Texts[second]), length)
			if !slices.Equal(ids[1:], want) || !slices.Equal(seg, segments) {
				t.Errorf("%s: %q and %q cut to %d\n got %v %v\nwant %v %v", v.Name, g.Texts[first], g.Texts[second], length, ids[1:], seg, want, segments)
			}
		}
	}
}

func scan(t *testing.T, fields []json.RawMessage, into ...any) {
	t.Helper()
	for i, f := range fields {
		if err := json.Unmarshal(f, into[i]); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDecodingIsThatOfTheTokenizersLibrary(t *testing.T) {
	g := readGolden(t)
	for _, v := range g.Variants {
		tok := v.load(t)
		for i, want := range v.Decoded {
			ids := tok.Encode(nil, string(g.Texts[i]), 0)
			if slices.ContainsFunc(ids, func(id int32) bool { a, added := tok.byID[id]; return added && tok.added[a].Normalized }) {
				continue // the library writes the normalised form of these
			}
			if got := tok.Decode(ids); got != want {
				t.Errorf("%s: %q\n got %q\nwant %q", v.Name, g.Texts[i], got, want)
			}
		}
	}
}

// Every code point, between letters and marks, in four normalisations.
func TestEveryCodePointIsNormalisedAsByTheTokenizersLibrary(t *testing.T) {
	g := readGolden(t)
	modes, differ := 0, 0
	for _, v := range g.Variants {
		if len(v.CodePoints) == 0 {
			continue
		}
		modes++
		tok := v.load(t)
		block := rune(0x110000 / len(v.CodePoints))
		for i, want := range v.CodePoints {
			h := sha256.New()
			for c := rune(i) * block; c < rune(i+1)*block; c++ {
				if c >= 0xD800 && c <= 0xDFFF {
					continue
				}
				n := tok.Normalize("A" + string(c) + "b\u0327" + string(c) + "\u302e")
				h.Write([]byte(strings.Join(append([]string{n}, wordsOf(tok, n)...), "\x00") + "\n"))
			}
			if got := hex.EncodeToString(h.Sum(nil))[:8]; got != want {
				differ++
				t.Errorf("%s: U+%04X to U+%04X differ", v.Name, rune(i)*block, rune(i+1)*block-1)
			}
		}
	}
	t.Logf("%d code points in %d normalisations, %d blocks differ", 0x110000-0x800, modes, differ)
}

// wordsOf splits normalised text.
func wordsOf(tok *Tokenizer, normal string) (words []string) {
	e := tok.take(nil, unlimited)
	defer tok.release(e)
	e.words = func(word []byte, chars int) { words = append(words, string(word)) }
	e.normalPiece(normal)
	return words
}
