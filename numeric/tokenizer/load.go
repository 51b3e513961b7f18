package tokenizer

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"

	"datahall"
)

// The limits of what is read.
const (
	maxJSONBytes   = 64 << 20 // tokenizer.json
	maxVocabBytes  = 16 << 20 // vocab.txt
	maxConfigBytes = 4 << 20  // tokenizer_config.json, special_tokens_map.json, added_tokens.json
	maxDepth       = 32       // of JSON
	maxTokens      = 1 << 21  // ids are below it
	maxTokenBytes  = 1 << 10
	maxWordChars   = 1 << 16 // max_input_chars_per_word
	maxSlots       = 64      // of a template
)

// Load reads the tokenizer of a Hugging Face folder: tokenizer.json, else
// vocab.txt, and beside them tokenizer_config.json, special_tokens_map.json and
// added_tokens.json where they exist.
func Load(folder fs.FS) (*Tokenizer, error) {
	c, err := readConfig(folder)
	if err != nil {
		return nil, err
	}
	t, err := loadVocabulary(folder)
	if err != nil {
		return nil, err
	}
	if err := c.apply(t); err != nil {
		return nil, err
	}
	t.prepare()
	return t, nil
}

// loadVocabulary reads the file that holds the vocabulary.
func loadVocabulary(folder fs.FS) (*Tokenizer, error) {
	b, err := readFile(folder, "tokenizer.json", maxJSONBytes)
	if err != nil {
		return nil, err
	}
	if b != nil {
		return readJSON(b)
	}
	if b, err = readFile(folder, "vocab.txt", maxVocabBytes); err != nil {
		return nil, err
	}
	if b != nil {
		return readVocab(b)
	}
	for _, name := range []string{"spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "merges.txt", "vocab.json"} {
		if _, err := fs.Stat(folder, name); err == nil {
			return nil, datahall.Errorf(datahall.Invalid, "tokenizer: the folder has %s, which is no WordPiece vocabulary; "+
				"take a model with BERT's tokenizer.json or vocab.txt", name)
		}
	}
	return nil, datahall.Errorf(datahall.Invalid, "tokenizer: neither tokenizer.json nor vocab.txt in the folder; add the one that the model came with")
}

// readFile reads a file of at most limit bytes; nil where it does not exist.
func readFile(folder fs.FS, name string, limit int64) ([]byte, error) {
	f, err := folder.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unreadable(name, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, unreadable(name, err)
	}
	if int64(len(b)) > limit {
		return nil, datahall.Errorf(datahall.TooLarge, "%s: more than %s bytes; it is not what it says it is, fetch it again", name, limit)
	}
	if !utf8.Valid(b) {
		return nil, datahall.Errorf(datahall.Invalid, "%s: not UTF-8; save it as UTF-8", name)
	}
	if b == nil {
		b = []byte{}
	}
	return b, nil
}

func unreadable(name string, err error) error {
	return datahall.Errorf(datahall.Invalid, "%s: cannot be read; check the file and its rights", name).Because(err)
}

// readVocab reads vocab.txt: a token a line, its number the id. Of a token that
// stands twice the later id counts, as in the original BERT.
func readVocab(b []byte) (*Tokenizer, error) {
	var tokens []string
	ids := map[string]int32{}
	text := strings.TrimPrefix(string(b), "\ufeff")
	for line := range strings.Lines(text) {
		token := strings.TrimRight(line, "\r\n")
		if len(tokens) == maxTokens {
			return nil, datahall.Errorf(datahall.TooLarge, "%s: more than %s tokens; it is not what it says it is, fetch it again", "vocab.txt", maxTokens)
		}
		if len(token) > maxTokenBytes {
			return nil, longToken("vocab.txt", token)
		}
		if before, twice := ids[token]; twice {
			tokens[before] = ""
		}
		ids[token] = int32(len(tokens))
		tokens = append(tokens, token)
	}
	if len(tokens) == 0 {
		return nil, datahall.Errorf(datahall.Invalid, "%s: no tokens in it; fetch it again", "vocab.txt")
	}
	t := newTokenizer(tokens, ids)
	t.normal = Normalization{Clean: true, Chinese: true, Lowercase: true}
	return t, nil
}

func longToken(name, token string) error {
	return datahall.Errorf(datahall.TooLarge, "%s: token %q… is longer than %s bytes; it is not what it says it is, fetch the file again",
		name, clip(token), maxTokenBytes)
}

// parse reads JSON of bounded nesting into v. Unknown keys are left alone:
// every version of the libraries adds some.
func parse(name string, b []byte, v any) error {
	if depth(b) > maxDepth {
		return datahall.Errorf(datahall.Invalid, "%s: nested deeper than %s levels; it is not what it says it is, fetch it again", name, maxDepth)
	}
	if err := json.Unmarshal(b, v); err != nil {
		return malformed(name, err)
	}
	return nil
}

func malformed(name string, err error) error {
	return datahall.Errorf(datahall.Invalid, "%s: not the JSON of a tokenizer; fetch it again", name).Because(err)
}

// depth is how deep brackets nest outside of strings.
func depth(b []byte) (deepest int) {
	level, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
			j := bytes.IndexAny(b[i:], `"\`)
			if j < 0 {
				return deepest
			}
			i += j - 1
		case c == '{' || c == '[':
			level++
			deepest = max(deepest, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return deepest
}
