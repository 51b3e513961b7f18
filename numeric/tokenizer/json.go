package tokenizer

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"datahall"
)

// tokenizerFile is tokenizer.json as far as it is read (the format of the
// Hugging Face tokenizers library, version 1.0). Truncation and padding are
// the caller's matter here.
type tokenizerFile struct {
	Version       string          `json:"version"`
	Truncation    *struct{}       `json:"truncation"`
	Padding       *struct{}       `json:"padding"`
	AddedTokens   []AddedToken    `json:"added_tokens"`
	Normalizer    *normalizerFile `json:"normalizer"`
	PreTokenizer  *typed          `json:"pre_tokenizer"`
	PostProcessor *postProcessor  `json:"post_processor"`
	Decoder       *decoderFile    `json:"decoder"`
	Model         *modelFile      `json:"model"`
}

type typed struct {
	Type string `json:"type"`
}

type normalizerFile struct {
	Type         string `json:"type"`
	CleanText    bool   `json:"clean_text"`
	Chinese      bool   `json:"handle_chinese_chars"`
	StripAccents *bool  `json:"strip_accents"`
	Lowercase    bool   `json:"lowercase"`
}

type decoderFile struct {
	Type    string `json:"type"`
	Prefix  string `json:"prefix"`
	Cleanup bool   `json:"cleanup"`
}

type modelFile struct {
	Type     string          `json:"type"`
	Unknown  string          `json:"unk_token"`
	Prefix   *string         `json:"continuing_subword_prefix"`
	MaxChars int             `json:"max_input_chars_per_word"`
	Vocab    json.RawMessage `json:"vocab"`
	Merges   json.RawMessage `json:"merges,omitempty"`
}

type postProcessor struct {
	Type    string                  `json:"type"`
	Single  []piece                 `json:"single,omitempty"`
	Pair    []piece                 `json:"pair,omitempty"`
	Special map[string]templateWord `json:"special_tokens,omitempty"`
	CLS     *namedID                `json:"cls,omitempty"`
	SEP     *namedID                `json:"sep,omitempty"`
}

// piece is one element of a template: exactly one of the two is set.
type piece struct {
	Special  *pieceOf `json:"SpecialToken,omitempty"`
	Sequence *pieceOf `json:"Sequence,omitempty"`
}

type pieceOf struct {
	ID      string `json:"id"`
	Segment int32  `json:"type_id"`
}

type templateWord struct {
	ID     string   `json:"id"`
	IDs    []int32  `json:"ids"`
	Tokens []string `json:"tokens"`
}

// namedID is written ["[CLS]", 101].
type namedID struct {
	name string
	id   int32
}

func (n *namedID) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&n.name, &n.id})
}

const jsonName = "tokenizer.json"

// readJSON reads tokenizer.json.
func readJSON(b []byte) (*Tokenizer, error) {
	var f tokenizerFile
	if err := parse(jsonName, b, &f); err != nil {
		return nil, err
	}
	if err := f.supported(); err != nil {
		return nil, err
	}
	tokens, ids, err := readVocabulary(f.Model.Vocab)
	if err != nil {
		return nil, err
	}
	t := newTokenizer(tokens, ids)
	if f.Normalizer != nil {
		n := f.Normalizer
		t.normal = Normalization{n.CleanText, n.Chinese, n.StripAccents, n.Lowercase}
	}
	if f.Model.Prefix != nil {
		t.prefix = *f.Model.Prefix
	}
	if f.Model.MaxChars != 0 {
		t.maxChars = f.Model.MaxChars
	}
	if t.maxChars < 1 || t.maxChars > maxWordChars {
		return nil, datahall.Errorf(datahall.Invalid, "%s: max_input_chars_per_word is %s; it must lie between 1 and %s", jsonName, t.maxChars, maxWordChars)
	}
	if err := t.add(jsonName, f.AddedTokens); err != nil {
		return nil, err
	}
	var known bool
	if t.special.UNK, known = t.ID(f.Model.Unknown); !known {
		return nil, noUnknown(jsonName, f.Model.Unknown)
	}
	return t, t.setTemplates(f.PostProcessor)
}

func noUnknown(name, token string) error {
	return datahall.Errorf(datahall.Invalid, "%s: the unknown token %q is not in the vocabulary; take the vocabulary that the model was trained with", name, token)
}

// supported refuses what would give other ids than ours.
func (f *tokenizerFile) supported() error {
	if f.Model == nil || len(f.Model.Vocab) == 0 {
		return datahall.Errorf(datahall.Invalid, "%s: no model with a vocabulary in it; fetch it again", jsonName)
	}
	model := f.Model.Type
	if model == "" && len(f.Model.Merges) > 0 {
		model = "BPE"
	}
	parts := []struct{ part, got, want string }{
		{"model", model, "WordPiece"},
		{"normalizer", "BertNormalizer", "BertNormalizer"},
		{"pre_tokenizer", "null", "BertPreTokenizer"},
	}
	if model == "" { // files of before 2020 do not say
		parts[0].got = "WordPiece"
	}
	if f.Normalizer != nil {
		parts[1].got = f.Normalizer.Type
	}
	if f.PreTokenizer != nil {
		parts[2].got = f.PreTokenizer.Type
	}
	for _, p := range parts {
		if p.got != p.want {
			return datahall.Errorf(datahall.Invalid, "tokenizer.json: its %s is %q; only %s is supported here, as BERT models have it", p.part, p.got, p.want)
		}
	}
	return nil
}

// readVocabulary reads the object of tokens and their ids, entry by entry, so
// that a token or an id that stands twice is seen.
func readVocabulary(b json.RawMessage) ([]string, map[string]int32, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, nil, malformed(jsonName, err)
	}
	ids := make(map[string]int32, len(b)/20)
	last, name := int32(-1), "" // the highest id and its token
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, nil, malformed(jsonName, err)
		}
		value, err := d.Token()
		if err != nil {
			return nil, nil, malformed(jsonName, err)
		}
		token := key.(string)
		number, _ := value.(json.Number)
		id, err := strconv.ParseInt(string(number), 10, 64)
		if err != nil {
			return nil, nil, malformed(jsonName, err)
		}
		if id < 0 || id >= maxTokens {
			return nil, nil, datahall.Errorf(datahall.Invalid, "%s: the id %s of %q lies outside 0 to %s; fetch the file again", jsonName, id, clip(token), maxTokens-1)
		}
		if len(token) > maxTokenBytes {
			return nil, nil, longToken(jsonName, token)
		}
		if _, twice := ids[token]; twice {
			return nil, nil, datahall.Errorf(datahall.Invalid, "%s: the token %q stands twice in the vocabulary; fetch the file again", jsonName, token)
		}
		ids[token] = int32(id)
		if int32(id) > last {
			last, name = int32(id), token
		}
	}
	if last < 0 {
		return nil, nil, datahall.Errorf(datahall.Invalid, "%s: no tokens in it; fetch it again", jsonName)
	}
	if most := 4*len(ids) + 1<<10; int(last) >= most { // gaps are rare and small
		return nil, nil, datahall.Errorf(datahall.Invalid, "%s: the id %s of %q lies outside 0 to %s; fetch the file again", jsonName, last, clip(name), most-1)
	}
	tokens, taken := make([]string, last+1), make([]bool, last+1)
	for token, id := range ids {
		if taken[id] {
			return nil, nil, datahall.Errorf(datahall.Invalid, "%s: the id %s stands for two tokens; fetch the file again", jsonName, id)
		}
		tokens[id], taken[id] = token, true
	}
	return tokens, ids, nil
}

// clip gives the beginning of a token, for messages.
func clip(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "")
	}
	return s
}
