package tokenizer

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"datahall"
)

// goldenTexts are those of the golden file that are sentences.
func goldenTexts(t testing.TB) (texts []string) {
	for _, text := range readGolden(t).Texts[:20] {
		texts = append(texts, string(text))
	}
	return texts
}

func trained(t testing.TB, o Options) *Tokenizer {
	t.Helper()
	tok, err := Train(slices.Values(goldenTexts(t)), o)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// By hand: of "hug" ×10, "pug" ×5, "pun" ×12, "bun" ×4, "hugs" ×5 the pair
// ##u ##g stands 20 times, then ##u ##n 16, then h ##ug 15 and p ##un 12; then
// hug ##s and p ##ug stand 5 times, and the one of the lower id comes first.
func TestTheMostFrequentPairIsJoined(t *testing.T) {
	words := strings.Fields(strings.Repeat("hug ", 10) + strings.Repeat("pug ", 5) + strings.Repeat("pun ", 12) + strings.Repeat("bun ", 4) + strings.Repeat("hugs ", 5))
	tok, err := Train(slices.Values(words), Options{Size: 32})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] b g h n p s u ##g ##n ##s ##u ##ug ##un hug pun pug hugs bun")
	if got := tok.Vocab(); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestTheSameTextsInAnotherOrderGiveTheSameVocabulary(t *testing.T) {
	texts := goldenTexts(t)
	want := trained(t, Options{Size: 400, Lowercase: true}).Files()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		rng.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
		tok, err := Train(slices.Values(texts), Options{Size: 400, Lowercase: true})
		if err != nil {
			t.Fatal(err)
		}
		for name, b := range tok.Files() {
			if !bytes.Equal(b, want[name]) {
				t.Fatalf("%s differs", name)
			}
		}
	}
}

// Whatever the options, the vocabulary keeps to its size, and every text it was
// made of can be read in it as long as the alphabet has room.
func TestVocabulariesKeepToTheirOptions(t *testing.T) {
	texts := goldenTexts(t)
	keep := false
	for _, o := range []Options{
		{Size: 32}, {Size: 100, Lowercase: true}, {Size: 1000}, {Size: 1000, Lowercase: true, StripAccents: &keep},
		{Size: 5000, MinFrequency: 1}, {Size: 5000, MinFrequency: 50}, {Size: 1000, Alphabet: 10},
	} {
		tok := trained(t, o)
		if tok.Size() > o.Size {
			t.Errorf("%+v: %d ids", o, tok.Size())
		}
		vocab := tok.Vocab()
		if slices.Contains(vocab, "") || len(slices.Compact(slices.Sorted(slices.Values(vocab)))) != len(vocab) {
			t.Errorf("%+v: a token is missing or stands twice", o)
		}
		single := 0
		for _, token := range vocab[5:] {
			if len([]rune(token)) == 1 {
				single++
			}
		}
		if o.Alphabet > 0 && single > o.Alphabet {
			t.Errorf("%+v: %d characters", o, single)
		}
		unknown := 0
		for _, text := range texts {
			for _, id := range tok.Encode(nil, text, 0) {
				if id == tok.Special().UNK {
					unknown++
				}
			}
		}
		if roomy := o.Size >= 1000 && o.Alphabet == 0; roomy && unknown > 0 {
			t.Errorf("%+v: %d unknown words in its own texts", o, unknown)
		} else if !roomy && unknown == 0 {
			t.Errorf("%+v: everything is known, with so few characters", o)
		}
	}
}

func TestTrainingOnNothingSaysSo(t *testing.T) {
	for _, c := range []struct {
		texts []string
		size  int
		want  string
	}{
		{nil, 100, "bring rows with text"},
		{[]string{"", " \t\n", "\u200b"}, 100, "bring rows with text"},
		{[]string{strings.Repeat("x", 5000)}, 100, "bring rows with text"},
		{[]string{"a"}, 3, "too few"},
		{[]string{"a"}, 1 << 30, "too many"},
	} {
		_, err := Train(slices.Values(c.texts), Options{Size: c.size})
		if datahall.KindOf(err) != datahall.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q size %d: %v, want %q", c.texts, c.size, err, c.want)
		}
	}
}

// zipfTexts makes text of so many bytes with word frequencies as in languages:
// the k-th word stands about 1/k as often as the first.
func zipfTexts(size int) []string {
	rng := rand.New(rand.NewPCG(3, 4))
	zipf := rand.NewZipf(rng, 1.07, 2, 200_000)
	var texts []string
	for size > 0 {
		var b strings.Builder
		for range 12 {
			n := zipf.Uint64()
			fmt.Fprintf(&b, "%s ", spell(n))
			if n%9 == 0 {
				b.WriteRune(rune(0x4E00 + n*7%3500))
			}
		}
		size -= b.Len()
		texts = append(texts, b.String())
	}
	return texts
}

// spell writes a number as syllables.
func spell(n uint64) string {
	var b strings.Builder
	for n++; n > 0; n /= 70 {
		b.WriteString("bcdfghklmnprst"[n%14:][:1] + "aeiou"[n/14%5:][:1])
	}
	return b.String()
}

func BenchmarkTrain(b *testing.B) {
	for _, size := range []int{100 << 10, 10 << 20} {
		texts := zipfTexts(size)
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				if _, err := Train(slices.Values(texts), Options{Size: 16000, Lowercase: true}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
