package tokenizer

import (
	"strings"
	"testing"
)

// benchTexts are the sentences of the golden file, all of English and Chinese
// first, then the hostile ones.
func benchTexts(b *testing.B) (tok *Tokenizer, plain, hostile string) {
	g := readGolden(b)
	var all []string
	for _, t := range g.Texts {
		all = append(all, string(t))
	}
	return g.Variants[0].load(b), strings.Join(all[:20], "\n"), strings.Join(all[20:], "\n")
}

func BenchmarkEncode(b *testing.B) {
	tok, plain, hostile := benchTexts(b)
	ids := make([]int32, 0, 1<<20)
	for name, text := range map[string]string{"sentences": plain, "everything": hostile} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				ids = tok.Encode(ids[:0], text, 0)
			}
			b.ReportMetric(float64(len(ids)*b.N)/b.Elapsed().Seconds()/1e6, "Mtokens/s")
		})
	}
}
