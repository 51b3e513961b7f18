package tokenizer

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// sharedFolder holds real vocabularies and texts; the tests that need it are
// skipped without.
func sharedFolder(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("DATAHALL_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "tokenizers")); err != nil {
		t.Skipf("no shared data: %v", err)
	}
	return dir
}

// sharedGolden is testdata/shared.json: checksums of the ids of whole files.
type sharedGolden struct {
	Vocab map[string]uint32            `json:"vocab"` // of the golden texts, by vocabulary and case
	Files map[string]map[string]uint32 `json:"files"` // of the beginnings of files
}

func bertFolder(t testing.TB, shared, key string) *Tokenizer {
	t.Helper()
	file, letters, _ := strings.Cut(key, " ")
	vocab, err := os.ReadFile(filepath.Join(shared, "data", "tokenizers", file))
	if err != nil {
		t.Fatal(err)
	}
	config := `{"do_lower_case": true}`
	if letters == "cased" {
		config = `{"do_lower_case": false}`
	}
	tok, err := Load(fstest.MapFS{"vocab.txt": {Data: vocab}, configName: {Data: []byte(config)}})
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func addIDs(h hash.Hash32, ids []int32) {
	var b []byte
	for _, id := range ids {
		b = binary.LittleEndian.AppendUint32(b, uint32(id))
	}
	h.Write(b)
}

func linesOf(t testing.TB, path string) [][]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if b, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	const enough = 300_000 // bytes; the line that is begun there is read to its end
	if len(b) > enough {
		if end := bytes.IndexByte(b[enough:], '\n'); end >= 0 {
			b = b[:enough+end]
		}
	}
	return bytes.Split(b, []byte("\n"))
}

func TestRealTextsInRealVocabulariesHaveTheSameIDs(t *testing.T) {
	shared := sharedFolder(t)
	var want sharedGolden
	b, err := os.ReadFile("testdata/shared.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	texts := readGolden(t).Texts
	compared, read := 0, 0
	for key, sum := range want.Vocab {
		tok := bertFolder(t, shared, key)
		h := crc32.NewIEEE()
		for _, text := range texts {
			addIDs(h, tok.Encode(nil, string(text), 0))
		}
		if h.Sum32() != sum {
			t.Errorf("%s: other ids for the golden texts", key)
		}
		for file, sum := range want.Files[key] {
			h := crc32.NewIEEE()
			for _, line := range linesOf(t, filepath.Join(shared, file)) {
				ids := tok.Encode(nil, string(line), 0)
				addIDs(h, ids)
				compared, read = compared+len(ids), read+len(line)
			}
			if h.Sum32() != sum {
				t.Errorf("%s: other ids for %s", key, file)
			}
		}
	}
	t.Logf("%d ids of %d bytes of real text compared", compared, read)
}
