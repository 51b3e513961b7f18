package tokenizer

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"datahall"
)

// toy is a vocabulary small enough to follow by eye.
const toy = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\nhello\n,\n!\n#\n我\n要\n退\n货\nresume\n"

func toyTokenizer(t testing.TB, config string) *Tokenizer {
	t.Helper()
	folder := fstest.MapFS{"vocab.txt": {Data: []byte(toy)}}
	if config != "" {
		folder[configName] = &fstest.MapFile{Data: []byte(config)}
	}
	tok, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestTextBecomesPieces(t *testing.T) {
	for _, c := range []struct{ config, text, want string }{
		{"", "Hello, UNAFFABLE!", "[CLS] hello , un ##aff ##able ! [SEP]"},
		{"", "我要退货!", "[CLS] 我 要 退 货 ! [SEP]"},
		{"", "Résumé re\u0301sume\u0301", "[CLS] resume resume [SEP]"},
		{`{"strip_accents": false}`, "Résumé resume", "[CLS] [UNK] resume [SEP]"},
		{`{"do_lower_case": false}`, "Hello hello", "[CLS] [UNK] hello [SEP]"},
		{`{"tokenize_chinese_chars": false}`, "我要 我", "[CLS] [UNK] 我 [SEP]"},
		{"", "hel\u200dlo he\x00llo hello\u00a0hello", "[CLS] hello hello hello hello [SEP]"},
		{"", "hello[SEP]hello [sep]", "[CLS] hello [SEP] hello [UNK] [UNK] [UNK] [SEP]"},
		{"", "\xffhel\xe4\xb8lo\xed\xa0\x80", "[CLS] hello [SEP]"},
		{"", " \n", "[CLS] [SEP]"},
		{"", "", "[CLS] [SEP]"},
		{"", strings.Repeat("un", 50), "[CLS] [UNK] [SEP]"},
	} {
		tok := toyTokenizer(t, c.config)
		if got := strings.Join(tokensOf(tok, tok.Encode(nil, c.text, 0)), " "); got != c.want {
			t.Errorf("%s %q\n got %s\nwant %s", c.config, c.text, got, c.want)
		}
	}
}

func TestPairsShareTheRoom(t *testing.T) {
	tok := toyTokenizer(t, "")
	for _, c := range []struct {
		a, b     string
		limit    int
		want     string
		segments []int32
	}{
		{"hello", "我要", 0, "[CLS] hello [SEP] 我 要 [SEP]", []int32{0, 0, 0, 1, 1, 1}},
		{"我要退货", "hello", 6, "[CLS] 我 要 [SEP] hello [SEP]", []int32{0, 0, 0, 0, 1, 1}},
		{"我要退货", "我要退货!", 8, "[CLS] 我 要 [SEP] 我 要 退 [SEP]", []int32{0, 0, 0, 0, 1, 1, 1, 1}},
		{"我要退货!", "我要退货", 8, "[CLS] 我 要 退 [SEP] 我 要 [SEP]", []int32{0, 0, 0, 0, 0, 1, 1, 1}},
		{"hello", "hello", 2, "[CLS] [SEP]", []int32{0, 0}},
	} {
		ids, segments := tok.EncodePair(nil, nil, c.a, c.b, c.limit)
		if got := strings.Join(tokensOf(tok, ids), " "); got != c.want || !slices.Equal(segments, c.segments) {
			t.Errorf("%q, %q in %d\n got %s %v\nwant %s %v", c.a, c.b, c.limit, got, segments, c.want, c.segments)
		}
	}
}

// For every text and limit: what is cut is the beginning of the whole, [SEP] at
// its end, and what stood in dst before is left alone.
func TestCuttingKeepsTheBeginning(t *testing.T) {
	tok := trained(t, Options{Size: 500, Lowercase: true})
	for _, text := range readGolden(t).Texts {
		whole := tok.Encode(nil, string(text), 0)
		for _, limit := range []int{1, 2, 3, 7, len(whole) - 1, len(whole), len(whole) + 1} {
			if limit < 1 {
				continue
			}
			got := tok.Encode([]int32{-7}, string(text), limit)
			want := whole
			if limit < len(whole) {
				want = append(slices.Clone(whole[:max(limit-1, 1)]), tok.Special().SEP)[:limit]
			}
			if got[0] != -7 || !slices.Equal(got[1:], want) {
				t.Fatalf("%q in %d: %v, want %v", text, limit, got, want)
			}
		}
	}
}

func TestLongTextsAreReadNoFurtherThanNeeded(t *testing.T) {
	tok := trained(t, Options{Size: 500, Lowercase: true})
	text := strings.Repeat("我要退货 where is my parcel? ", 400_000) // 13 MB
	steps := 0
	e := tok.take(nil, 126)
	e.words = func(word []byte, chars int) {
		steps++
		e.ids = tok.model.cut(e.ids, word, chars)
		e.full = len(e.ids) >= e.limit
	}
	e.encode(text)
	tok.release(e)
	if steps > 126 {
		t.Errorf("%d words looked at for 126 ids", steps)
	}
	if got := tok.Encode(nil, text, 128); len(got) != 128 {
		t.Errorf("%d ids", len(got))
	}
}

// A few allocations are left to a pool that was emptied meanwhile; the text has hundreds of words.
func TestEncodingTakesNoMemory(t *testing.T) {
	tok := trained(t, Options{Size: 500, Lowercase: true})
	text := strings.Join(goldenTexts(t), " ")
	ids := make([]int32, 0, 10_000)
	if n := testing.AllocsPerRun(20, func() { ids = tok.Encode(ids[:0], text, 0) }); n > 5 {
		t.Errorf("%v allocations", n)
	}
}

func TestManyMayEncodeAtOnce(t *testing.T) {
	g := readGolden(t)
	tok := g.Variants[0].load(t)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i, text := range g.Texts {
				if crcOf(tok.Encode(nil, string(text), 0)) != g.Variants[0].CRC[i] {
					t.Errorf("%q gives other ids", text)
				}
			}
		})
	}
	wait.Wait()
}

func TestBrokenUTF8IsReplacedAsByPython(t *testing.T) {
	for s, want := range map[string]int{
		"\xed\xa0\x80": 3, "\xf0\x9f\x98": 1, "\xf0\x9f": 1, "\xc3": 1, "\xe4\xb8": 1, "\xc0\x80": 2, "\xf4\x90\x80\x80": 4,
		"\xf8\x88\x80\x80\x80": 5, "\xe0\x80\x80": 3, "\xff\xfe": 2, "\xe4\xb8\xe4\xb8\xad": 1, "\ufffd": 1, "\xf1\x80\x80\x41": 1,
	} {
		got := replaceInvalid(s)
		if n := strings.Count(got, "\ufffd"); n != want || !utf8.ValidString(got) {
			t.Errorf("%q became %q, want %d", s, got, want)
		}
	}
}

func TestIDsAndTokensAnswerEachOther(t *testing.T) {
	for _, v := range readGolden(t).Variants {
		tok := v.load(t)
		vocab := tok.Vocab()
		if len(vocab) != tok.Size() {
			t.Errorf("%s: %d tokens for %d ids", v.Name, len(vocab), tok.Size())
		}
		for id, token := range vocab {
			if got, known := tok.ID(token); tok.Token(int32(id)) != token || known != (token != "") || known && int(got) != id {
				t.Errorf("%s: %d is %q, which is %d", v.Name, id, token, got)
			}
		}
		for _, id := range []int32{-1, int32(tok.Size()), 1 << 30} {
			if tok.Token(id) != "" {
				t.Errorf("%s: %d is %q", v.Name, id, tok.Token(id))
			}
		}
	}
}

func TestTheConfigurationNamesTheTokens(t *testing.T) {
	vocab := strings.NewReplacer("[PAD]", "<pad>", "[UNK]", "<unk>", "[CLS]", "<s>", "[SEP]", "</s>", "[MASK]", "<mask>").Replace(toy)
	tok, err := Load(fstest.MapFS{
		"vocab.txt":               {Data: []byte(vocab)},
		configName:                {Data: []byte(`{"unk_token": {"content": "<unk>"}, "cls_token": "<s>", "model_max_length": 256, "additional_special_tokens": ["hello"]}`)},
		"special_tokens_map.json": {Data: []byte(`{"sep_token": "</s>", "pad_token": "<pad>", "cls_token": "[CLS]"}`)},
		"added_tokens.json":       {Data: []byte(`{"extra": 17}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if tok.Special() != (Special{PAD: 0, UNK: 1, CLS: 2, SEP: 3, MASK: 4}) || tok.MaxLength() != 256 || tok.Size() != 18 {
		t.Errorf("%+v, at most %d, %d ids", tok.Special(), tok.MaxLength(), tok.Size())
	}
	if got := strings.Join(tokensOf(tok, tok.Encode(nil, "xhellox <s> extra [CLS]", 0)), " "); got != "<s> <unk> hello <unk> <s> extra <unk> <unk> <unk> </s>" {
		t.Error(got)
	}
	if got := tok.Decode(tok.Encode(nil, "un hello, unaffable!", 0)); got != "un, unaffable!" { // hello is special here
		t.Errorf("%q", got)
	}
}

// file is tokenizer.json with one part replaced.
func file(part, with string) string {
	whole := `{"added_tokens": [{"id": 0, "content": "[UNK]", "special": true}], "normalizer": {"type": "BertNormalizer", "lowercase": true},
"pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": {"type": "BertProcessing", "cls": ["[CLS]", 1], "sep": ["[SEP]", 2]},
"model": {"type": "WordPiece", "unk_token": "[UNK]", "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3}}}`
	if part == "" {
		return with
	}
	if !strings.Contains(whole, part) {
		panic("no " + part + " in it")
	}
	return strings.Replace(whole, part, with, 1)
}

func TestBadInputIsOneClearLine(t *testing.T) {
	template := `{"type": "BertProcessing", "cls": ["[CLS]", 1], "sep": ["[SEP]", 2]}`
	long := strings.Repeat("x", maxTokenBytes+1)
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"nothing":            {nil, "neither tokenizer.json nor vocab.txt"},
		"sentencepiece":      {map[string]string{"spiece.model": "x"}, "spiece.model"},
		"byte BPE":           {map[string]string{"merges.txt": "", "vocab.json": "{}"}, "merges.txt"},
		"empty vocabulary":   {map[string]string{"vocab.txt": ""}, "no tokens"},
		"no unknown":         {map[string]string{"vocab.txt": "a\nb\n"}, `"[UNK]" is not in the vocabulary`},
		"no CLS":             {map[string]string{"vocab.txt": "[UNK]\n[SEP]\n"}, "[CLS]"},
		"Latin-1":            {map[string]string{"vocab.txt": "[UNK]\ncaf\xe9\n"}, "not UTF-8"},
		"long token":         {map[string]string{"vocab.txt": "[UNK]\n" + long}, "longer than"},
		"long file":          {map[string]string{"vocab.txt": strings.Repeat("x\n", maxVocabBytes/2+1)}, "more than"},
		"many tokens":        {map[string]string{"vocab.txt": strings.Repeat("\n", maxTokens+1)}, "more than"},
		"bad configuration":  {map[string]string{"vocab.txt": toy, configName: `{"do_lower_case": "yes"}`}, configName},
		"gap in added":       {map[string]string{"vocab.txt": toy, configName: `{"added_tokens_decoder": {"99": {"content": "x"}}}`}, "its place is 17"},
		"no number":          {map[string]string{"vocab.txt": toy, configName: `{"added_tokens_decoder": {"x": {"content": "x"}}}`}, configName},
		"empty JSON":         {map[string]string{jsonName: ""}, "not the JSON of a tokenizer"},
		"cut JSON":           {map[string]string{jsonName: file("", `{"model":`)}, "not the JSON of a tokenizer"},
		"deep JSON":          {map[string]string{jsonName: strings.Repeat("[", 100000)}, "nested deeper"},
		"no model":           {map[string]string{jsonName: "{}"}, "no model"},
		"BPE":                {map[string]string{jsonName: file(`"WordPiece"`, `"BPE"`)}, `"BPE"; only WordPiece`},
		"old BPE":            {map[string]string{jsonName: file(`"type": "WordPiece"`, `"merges": ["a b"]`)}, `"BPE"; only WordPiece`},
		"normalizer":         {map[string]string{jsonName: file(`"BertNormalizer"`, `"NFKC"`)}, `"NFKC"; only BertNormalizer`},
		"pre-tokenizer":      {map[string]string{jsonName: file(`"BertPreTokenizer"`, `"Metaspace"`)}, `"Metaspace"; only BertPreTokenizer`},
		"no pre-tokenizer":   {map[string]string{jsonName: file(`{"type": "BertPreTokenizer"}`, `null`)}, `"null"; only BertPreTokenizer`},
		"post-processor":     {map[string]string{jsonName: file(`"BertProcessing"`, `"ByteLevel"`)}, `"ByteLevel"; only TemplateProcessing`},
		"unknown CLS":        {map[string]string{jsonName: file(`["[CLS]", 1]`, `["[CLS]", 77]`)}, "post_processor"},
		"no text":            {map[string]string{jsonName: file(template, `{"type": "TemplateProcessing", "single": [], "pair": []}`)}, "post_processor"},
		"unknown in it":      {map[string]string{jsonName: file(template, `{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x"}}, {"Sequence": {"id": "A"}}]}`)}, "post_processor"},
		"no unknown in JSON": {map[string]string{jsonName: file(`"unk_token": "[UNK]"`, `"unk_token": "<unk>"`)}, `"<unk>" is not in the vocabulary`},
		"negative id":        {map[string]string{jsonName: file(`"a": 3`, `"a": -3`)}, `the id -3 of "a"`},
		"huge id":            {map[string]string{jsonName: file(`"a": 3`, `"a": 2000000`)}, `the id 2000000 of "a"`},
		"token twice":        {map[string]string{jsonName: file(`"a": 3`, `"a": 3, "a": 4`)}, `"a" stands twice`},
		"id twice":           {map[string]string{jsonName: file(`"a": 3`, `"a": 3, "b": 3`)}, "stands for two tokens"},
		"id a text":          {map[string]string{jsonName: file(`"a": 3`, `"a": "3"`)}, "not the JSON of a tokenizer"},
		"vocabulary a list":  {map[string]string{jsonName: file(`{"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "a": 3}`, `["a"]`)}, "not the JSON of a tokenizer"},
		"added elsewhere":    {map[string]string{jsonName: file(`{"id": 0,`, `{"id": 9,`)}, "its place is 0"},
		"added empty":        {map[string]string{jsonName: file(`"content": "[UNK]"`, `"content": ""`)}, "empty or longer"},
		"word length":        {map[string]string{jsonName: file(`_word": 100`, `_word": 99999999`)}, "max_input_chars_per_word"},
	} {
		folder := fstest.MapFS{}
		for name, text := range c.files {
			folder[name] = &fstest.MapFile{Data: []byte(text)}
		}
		_, err := Load(folder)
		kind := datahall.KindOf(err)
		if err == nil || kind != datahall.Invalid && kind != datahall.TooLarge || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		} else if s := err.Error(); strings.Contains(s, "\n") || len(s) > 300 {
			t.Errorf("%s: not one short line: %q", name, s)
		}
	}
	if _, err := Load(fstest.MapFS{jsonName: {Data: []byte(file(`"a": 3`, `"a": 3`))}}); err != nil {
		t.Errorf("the file that the others spoil: %v", err)
	}
}
