package tokenizer

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Files gives the files of a folder that transformers' AutoTokenizer and
// [Load] read with the same ids: tokenizer.json, tokenizer_config.json,
// special_tokens_map.json, and vocab.txt where it can say the same (it cannot
// hold gaps between ids, or tokens with a line break). The same tokenizer gives
// the same bytes.
func (t *Tokenizer) Files() map[string][]byte {
	files := map[string][]byte{
		jsonName:                  t.tokenizerJSON(),
		configName:                t.configJSON(),
		"special_tokens_map.json": encodeJSON(t.names()),
	}
	if b, ok := t.vocabText(); ok {
		files["vocab.txt"] = b
	}
	return files
}

func (t *Tokenizer) vocabText() ([]byte, bool) {
	var b bytes.Buffer
	for _, token := range t.tokens {
		if token == "" || strings.ContainsAny(token, "\r\n") {
			return nil, false
		}
		b.WriteString(token)
		b.WriteByte('\n')
	}
	return b.Bytes(), true
}

func (t *Tokenizer) tokenizerJSON() []byte {
	f := tokenizerFile{
		Version:      "1.0",
		AddedTokens:  t.addedByID(),
		Normalizer:   &normalizerFile{"BertNormalizer", t.normal.Clean, t.normal.Chinese, t.normal.StripAccents, t.normal.Lowercase},
		PreTokenizer: &typed{"BertPreTokenizer"},
		Decoder:      &decoderFile{"WordPiece", t.prefix, true},
		Model:        &modelFile{Type: "WordPiece", Unknown: t.Token(t.special.UNK), Prefix: &t.prefix, MaxChars: t.maxChars, Vocab: t.vocabJSON()},
	}
	if len(t.single) > 1 || len(t.pair) > 2 {
		p := &postProcessor{Type: "TemplateProcessing", Special: map[string]templateWord{}}
		p.Single, p.Pair = t.pieces(t.single, p), t.pieces(t.pair, p)
		f.PostProcessor = p
	}
	return encodeJSON(f)
}

// vocabJSON writes the vocabulary in the order of its ids.
func (t *Tokenizer) vocabJSON() []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for id, token := range t.tokens {
		if token == "" {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		b.Write(encodeJSON(token))
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(id))
	}
	b.WriteByte('}')
	return b.Bytes()
}

// pieces writes a template, and enters its tokens into p.
func (t *Tokenizer) pieces(list template, p *postProcessor) []piece {
	var pieces []piece
	for _, s := range list {
		if s.text > 0 {
			pieces = append(pieces, piece{Sequence: &pieceOf{string(rune('A' + s.text - 1)), s.segment}})
			continue
		}
		token := t.Token(s.id)
		p.Special[token] = templateWord{token, []int32{s.id}, []string{token}}
		pieces = append(pieces, piece{Special: &pieceOf{token, s.segment}})
	}
	return pieces
}

// configJSON writes what makes AutoTokenizer choose its BERT class and rebuild
// the same normalisation.
func (t *Tokenizer) configJSON() []byte {
	out := map[string]any{
		"tokenizer_class":              "BertTokenizer",
		"do_lower_case":                t.normal.Lowercase,
		"strip_accents":                t.normal.StripAccents,
		"tokenize_chinese_chars":       t.normal.Chinese,
		"do_basic_tokenize":            true,
		"never_split":                  nil,
		"clean_up_tokenization_spaces": true,
	}
	if t.maxLength > 0 {
		out["model_max_length"] = t.maxLength
	}
	if !t.bertLike() {
		out["tokenizer_class"] = "PreTrainedTokenizerFast"
	}
	for key, token := range t.names() {
		out[key] = token
	}
	decoder := map[string]any{}
	for _, a := range t.addedByID() {
		decoder[strconv.Itoa(int(a.ID))] = map[string]any{"content": a.Content, "single_word": a.SingleWord,
			"lstrip": a.LStrip, "rstrip": a.RStrip, "normalized": a.Normalized, "special": a.Special}
	}
	out["added_tokens_decoder"] = decoder
	return encodeJSON(out)
}

// bertLike tells whether transformers' BertTokenizer, which keeps only the
// vocabulary and its own settings, would give the same ids.
func (t *Tokenizer) bertLike() bool {
	s := t.special
	like := Tokenizer{}
	like.surround(s.CLS, s.SEP)
	for _, id := range []int32{s.PAD, s.UNK, s.CLS, s.SEP, s.MASK} {
		if _, added := t.byID[id]; !added {
			return false
		}
	}
	return t.normal.Clean && t.prefix == "##" && t.maxChars == 100 &&
		slices.Equal(t.single, like.single) && slices.Equal(t.pair, like.pair)
}

// names gives the tokens with a meaning. Readers find in text what is named
// here, so one that is no added token is left out.
func (t *Tokenizer) names() map[string]string {
	names := map[string]string{}
	for key, id := range map[string]int32{"pad_token": t.special.PAD, "unk_token": t.special.UNK, "cls_token": t.special.CLS,
		"sep_token": t.special.SEP, "mask_token": t.special.MASK} {
		if _, added := t.byID[id]; added {
			names[key] = t.Token(id)
		}
	}
	return names
}

// addedByID gives the added tokens in the order in which a reader adds them
// and finds the same ids.
func (t *Tokenizer) addedByID() []AddedToken {
	list := append([]AddedToken{}, t.added...) // never null
	slices.SortFunc(list, func(a, b AddedToken) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// encodeJSON writes v as it is, without escapes for HTML.
func encodeJSON(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // a bug: everything here can be written
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
