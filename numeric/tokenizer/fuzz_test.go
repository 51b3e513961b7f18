package tokenizer

import (
	"errors"
	"slices"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"datahall"
)

// Whatever the text, limit and settings: ids of the vocabulary, no more than
// asked for, the same when asked again, and normalised text that is UTF-8.
func FuzzEncodeNeverPanics(f *testing.F) {
	g := readGolden(f)
	var toks []*Tokenizer
	for _, v := range g.Variants {
		toks = append(toks, v.load(f))
	}
	for i, text := range g.Texts {
		if i%10 == 0 {
			f.Add(string(text), string(g.Texts[i/2]), uint8(i), uint8(i/10))
		}
	}
	f.Fuzz(func(t *testing.T, a, b string, limit, which uint8) {
		tok := toks[int(which)%len(toks)]
		ids := tok.Encode(nil, a, int(limit))
		if limit > 0 && len(ids) > int(limit) {
			t.Fatalf("%d ids, at most %d were asked for", len(ids), limit)
		}
		if again := tok.Encode(nil, a, int(limit)); !slices.Equal(ids, again) {
			t.Fatalf("%v, then %v", ids, again)
		}
		both, segments := tok.EncodePair(nil, nil, a, b, int(limit))
		if len(both) != len(segments) || limit > 0 && len(both) > int(limit) {
			t.Fatalf("%d ids, %d segments, at most %d were asked for", len(both), len(segments), limit)
		}
		for _, id := range append(ids, both...) {
			if tok.Token(id) == "" {
				t.Fatalf("id %d is none of the vocabulary", id)
			}
		}
		if !utf8.ValidString(tok.Normalize(a)) || !utf8.ValidString(tok.Decode(ids)) {
			t.Fatal("made text that is no UTF-8")
		}
	})
}

// Whatever the files hold, loading ends in an error that a user can read, or in
// a tokenizer of bounded size that is read again the same.
func FuzzLoadIsBounded(f *testing.F) {
	f.Add([]byte(file("", `{}`)), []byte(toy), []byte(`{"do_lower_case": false}`))
	f.Add([]byte(file(`"a": 3`, `"a": 3, "##b": 2000000`)), []byte("[UNK]\r\n[CLS]\n[SEP]"), []byte(`{"model_max_length": 1e30, "added_tokens_decoder": {"4": {"content": "x"}}}`))
	f.Add([]byte(file(`"id": 0, "content": "[UNK]"`, `"id": 4, "content": "\u200b", "normalized": true`)), []byte("\ufeff"), []byte(`{"cls_token": null, "sep_token": {"content": 3}}`))
	f.Add([]byte(file(`{"type": "BertProcessing", "cls": ["[CLS]", 1], "sep": ["[SEP]", 2]}`, `{"type": "TemplateProcessing",
"single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
"pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 7}}], "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [1, 2], "tokens": ["x"]}}}`)),
		[]byte("[UNK]\n\n[CLS]\n[SEP]\n\na\na"), []byte(`{"tokenizer_class": "BertTokenizer", "strip_accents": null, "additional_special_tokens": ["a"]}`))
	f.Fuzz(func(t *testing.T, tokenizerJSON, vocab, config []byte) {
		for _, folder := range []fstest.MapFS{
			{jsonName: {Data: tokenizerJSON}, configName: {Data: config}},
			{"vocab.txt": {Data: vocab}, configName: {Data: config}, "added_tokens.json": {Data: tokenizerJSON}, "special_tokens_map.json": {Data: config}},
		} {
			tok, err := Load(folder)
			if err != nil {
				if known, ok := errors.AsType[*datahall.Error](err); !ok || len(known.Error()) > 6*maxTokenBytes {
					t.Fatalf("no error for users: %v", err)
				}
				continue
			}
			if tok.Size() > maxTokens+len(config) {
				t.Fatalf("%d ids", tok.Size())
			}
			again, err := Load(saved(tok))
			if err != nil {
				t.Fatalf("what was saved is refused: %v", err)
			}
			const text = "Hello [UNK] [CLS] we\u0301 我要 x\u200b退货 a"
			if got, want := again.Encode(nil, text, 0), tok.Encode(nil, text, 0); !slices.Equal(got, want) {
				t.Fatalf("read again: %v, was %v", got, want)
			}
		}
	})
}
