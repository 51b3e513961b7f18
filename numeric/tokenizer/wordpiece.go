package tokenizer

// wordPiece cuts words greedily: from the left, the longest piece of the
// vocabulary each time, pieces after the first written with the prefix. A word
// that cannot be cut to its end, or is too long, is one unknown token.
type wordPiece struct {
	trie      *trie
	continued fan // children of the prefix's node
	unk       int32
	maxChars  int
}

func newWordPiece(tokens []string, prefix string, unk int32, maxChars int) wordPiece {
	ids := make([]int32, len(tokens))
	for i := range ids {
		ids[i] = int32(i)
	}
	w := wordPiece{trie: newTrie(tokens, ids), unk: unk, maxChars: maxChars}
	if prefix == "" {
		w.continued = w.trie.root
	} else if node := w.trie.find(prefix); node != 0 {
		w.continued = w.trie.fan(node)
	}
	return w
}

// cut appends the ids of a word of so many characters.
func (w *wordPiece) cut(ids []int32, word []byte, chars int) []int32 {
	if chars > w.maxChars {
		return append(ids, w.unk)
	}
	start, from := len(ids), &w.trie.root
	for len(word) > 0 {
		id, n := longest(w.trie, from, word)
		if n == 0 {
			return append(ids[:start], w.unk)
		}
		ids, word, from = append(ids, id), word[n:], &w.continued
	}
	return ids
}
