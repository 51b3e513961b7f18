package tokenizer

import "strings"

// Decode gives the text of ids, special tokens left out: pieces joined to
// words, words by spaces, and the space before punctuation and English
// contractions taken back. Ids that are no token are left out. An added token is
// written as the vocabulary has it.
func (t *Tokenizer) Decode(ids []int32) string {
	var b strings.Builder
	first := true
	for _, id := range ids {
		token := t.Token(id)
		if i, added := t.byID[id]; token == "" || added && t.added[i].Special {
			continue
		}
		if !first {
			if rest, piece := strings.CutPrefix(token, t.prefix); piece && t.prefix != "" {
				token = rest
			} else {
				token = " " + token
			}
		}
		first = false
		b.WriteString(tidy.Replace(token))
	}
	return b.String()
}

// tidy is the clean-up of the tokenizers library, done on each token.
var tidy = strings.NewReplacer(" .", ".", " ?", "?", " !", "!", " ,", ",", " ' ", "'", " n't", "n't",
	" 'm", "'m", " do not", " don't", " 's", "'s", " 've", "'ve", " 're", "'re")
