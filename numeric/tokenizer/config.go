package tokenizer

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"math"
	"slices"
	"strings"

	"datahall"
)

// config is what tokenizer_config.json, special_tokens_map.json and
// added_tokens.json say.
type config struct {
	Class        string                `json:"tokenizer_class"`
	Lowercase    *bool                 `json:"do_lower_case"`
	StripAccents json.RawMessage       `json:"strip_accents"` // null says: where lower case is
	Chinese      *bool                 `json:"tokenize_chinese_chars"`
	MaxLength    json.Number           `json:"model_max_length"`
	Added        map[string]AddedToken `json:"added_tokens_decoder"` // by id
	named
	later map[string]int32 // added_tokens.json
}

// named are the tokens with a meaning.
type named struct {
	UNK        tokenName   `json:"unk_token"`
	SEP        tokenName   `json:"sep_token"`
	PAD        tokenName   `json:"pad_token"`
	CLS        tokenName   `json:"cls_token"`
	MASK       tokenName   `json:"mask_token"`
	Additional []tokenName `json:"additional_special_tokens"`
}

// tokenName is written "[CLS]" or {"content": "[CLS]", …}; null is none.
type tokenName string

func (n *tokenName) UnmarshalJSON(b []byte) error {
	if b[0] == '{' {
		var object struct {
			Content string `json:"content"`
		}
		err := json.Unmarshal(b, &object)
		*n = tokenName(object.Content)
		return err
	}
	return json.Unmarshal(b, (*string)(n))
}

const configName = "tokenizer_config.json"

func readConfig(folder fs.FS) (config, error) {
	var c config
	for _, f := range []struct {
		name string
		into any
	}{{"special_tokens_map.json", &c.named}, {configName, &c}, {"added_tokens.json", &c.later}} {
		b, err := readFile(folder, f.name, maxConfigBytes)
		if err != nil {
			return c, err
		}
		if b == nil {
			continue
		}
		if err := parse(f.name, b, f.into); err != nil {
			return c, err
		}
	}
	return c, nil
}

// apply lets what the configuration says win over the vocabulary's file.
func (c *config) apply(t *Tokenizer) error {
	if c.Lowercase != nil {
		t.normal.Lowercase = *c.Lowercase
	}
	if c.Chinese != nil {
		t.normal.Chinese = *c.Chinese
	}
	if len(c.StripAccents) > 0 {
		t.normal.StripAccents = nil
		if err := parse(configName, c.StripAccents, &t.normal.StripAccents); err != nil {
			return err
		}
	}
	if n, err := c.MaxLength.Float64(); err == nil && n >= 1 && n <= math.MaxInt32 { // 1e30 says: no limit
		t.maxLength = int(n)
	}
	if err := c.addTokens(t); err != nil {
		return err
	}
	return c.name(t)
}

// addTokens adds those that the configuration lists by id.
func (c *config) addTokens(t *Tokenizer) error {
	var list []AddedToken
	listed := map[string]bool{}
	for key, a := range c.Added {
		if err := parse(configName, []byte(key), &a.ID); err != nil {
			return err
		}
		list, listed[a.Content] = append(list, a), true
	}
	for content, id := range c.later {
		if !listed[content] {
			list = append(list, AddedToken{ID: id, Content: content, Normalized: true})
		}
	}
	slices.SortFunc(list, func(a, b AddedToken) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Content, b.Content)) })
	return t.add(configName, slices.DeleteFunc(list, func(a AddedToken) bool { return t.isAdded(a.Content) }))
}

// name finds the tokens with a meaning, and makes them added tokens where a
// configuration or vocab.txt stands for them.
func (c *config) name(t *Tokenizer) error {
	fromVocab := len(t.single) == 0 // vocab.txt says nothing of templates
	bert := fromVocab || strings.Contains(c.Class, "Bert")
	for _, n := range []struct {
		name tokenName
		or   []string
		id   *int32
	}{
		{c.UNK, []string{"[UNK]", "<unk>"}, &t.special.UNK}, {c.SEP, []string{"[SEP]", "</s>"}, &t.special.SEP},
		{c.PAD, []string{"[PAD]", "<pad>"}, &t.special.PAD}, {c.CLS, []string{"[CLS]", "<s>"}, &t.special.CLS},
		{c.MASK, []string{"[MASK]", "<mask>"}, &t.special.MASK},
	} {
		if n.name != "" {
			n.or = []string{string(n.name)}
		}
		for _, token := range n.or {
			id, known := t.ID(token)
			if !known {
				continue
			}
			*n.id = id
			if (n.name != "" || bert) && !t.isAdded(token) {
				t.include(AddedToken{ID: id, Content: token, Special: true})
			}
			break
		}
	}
	for _, token := range c.Additional {
		if id, known := t.ID(string(token)); known && !t.isAdded(string(token)) {
			t.include(AddedToken{ID: id, Content: string(token), Special: true})
		}
	}
	if !fromVocab {
		return nil
	}
	if t.special.UNK < 0 {
		return noUnknown("vocab.txt", "[UNK]")
	}
	if t.special.CLS < 0 || t.special.SEP < 0 {
		return datahall.Errorf(datahall.Invalid, "vocab.txt: no [CLS] or no [SEP] in it; name the tokens that stand for them in tokenizer_config.json")
	}
	t.surround(t.special.CLS, t.special.SEP)
	return nil
}

// add adds tokens, each with the id that the vocabulary has for it, or the next one.
func (t *Tokenizer) add(name string, list []AddedToken) error {
	next := int32(len(t.ids))
	for _, a := range t.added {
		next = max(next, a.ID+1)
	}
	for _, a := range list {
		if a.Content == "" || len(a.Content) > maxTokenBytes {
			return datahall.Errorf(datahall.Invalid, "%s: an added token is empty or longer than %s bytes; fetch the file again", name, maxTokenBytes)
		}
		place, known := t.ids[a.Content]
		if !known {
			place = next
		}
		next = max(next, place+1)
		if a.ID != place || !known && t.Token(place) != "" {
			return datahall.Errorf(datahall.Invalid, "%s: the added token %q has the id %s, but its place is %s; fetch the file again", name, clip(a.Content), a.ID, place)
		}
		t.include(a)
	}
	return nil
}

// include makes a token an added one; what it was before is overwritten.
func (t *Tokenizer) include(a AddedToken) {
	if i, before := t.byID[a.ID]; before {
		t.added[i] = a
		return
	}
	t.ids[a.Content], t.byID[a.ID] = a.ID, len(t.added)
	t.added = append(t.added, a)
	t.size = max(t.size, int(a.ID)+1)
}
