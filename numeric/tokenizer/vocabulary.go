package tokenizer

// Size is the number of ids: every id is below it. Weights must have that many
// embeddings at least.
func (t *Tokenizer) Size() int { return t.size }

// Token gives the token of an id, and "" where there is none.
func (t *Tokenizer) Token(id int32) string {
	if i, added := t.byID[id]; added {
		return t.added[i].Content
	}
	if id < 0 || int(id) >= len(t.tokens) {
		return ""
	}
	return t.tokens[id]
}

// ID gives the id of a token.
func (t *Tokenizer) ID(token string) (int32, bool) {
	id, known := t.ids[token]
	return id, known && token != ""
}

// Vocab gives all tokens by id, "" where an id has none.
func (t *Tokenizer) Vocab() []string {
	list := make([]string, t.size)
	copy(list, t.tokens)
	for _, a := range t.added {
		list[a.ID] = a.Content
	}
	return list
}

// Special gives the ids that have a meaning.
func (t *Tokenizer) Special() Special { return t.special }

// Normalization gives what happens to text before it is cut.
func (t *Tokenizer) Normalization() Normalization { return t.normal }

// MaxLength is the most ids that the model takes as its configuration says, or
// 0 where it does not.
func (t *Tokenizer) MaxLength() int { return t.maxLength }

func (t *Tokenizer) has(id int32) bool { return t.Token(id) != "" }

func (t *Tokenizer) isAdded(token string) bool {
	id, known := t.ids[token]
	_, added := t.byID[id]
	return known && added
}
