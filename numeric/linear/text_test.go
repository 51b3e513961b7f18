package linear

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextsBecomeTokens(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Hello, World", "word:hello sign:, word:world"},
		{"can’t and don't stop", "word:can't word:and word:don't word:stop"},
		{"'quoted' rock'n'roll", "sign:' word:quoted sign:' word:rock'n'roll"},
		{"10,452 or 3.5%, 5.", "word:10,452 word:or word:3.5 sign:%, word:5 sign:."},
		{"e-mail me@home.example", "word:e sign:- word:mail word:me sign:@ word:home sign:. word:example"},
		{"退200元", "unspaced:退 word:200 unspaced:元"},
		{"我要退款，谢谢！", "unspaced:我要退款 sign:, unspaced:谢谢 sign:!"},
		{"ＡＢＣ１２３　ｄ", "word:abc123 word:d"},
		{"コーヒーをください", "unspaced:コーヒーをください"},
		{"스마트폰 케이스", "word:스마트폰 word:케이스"},
		{"สวัสดีครับ", "unspaced:สวัสดีครับ"},
		{"naïve CAFÉ", "word:naïve word:café"},
		{"👍👍 ok👨‍👩‍👧", "sign:👍👍 word:ok sign:👨‍👩‍👧"},
		{"snake_case", "word:snake_case"},
		{"tab\tnew\nline\x00nul\xffbad", "word:tab word:new word:line word:nul word:bad"},
		{"", ""},
		{" \u3000 ", ""},
	} {
		n := normalise(c.text)
		var got []string
		for _, k := range n.tokens {
			got = append(got, fmt.Sprintf("%s:%s", []string{"gap", "word", "unspaced", "sign"}[k.kind], n.text[k.from:k.to]))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q: got %s, want %s", c.text, s, c.want)
		}
	}
}

func TestPiecesOfATextAreItsFeatures(t *testing.T) {
	o := VectorizerOptions{}.withDefaults()
	collect := func(emit func(normalised, func(string)), text string) (list []string) {
		emit(normalise(text), func(s string) { list = append(list, s) })
		slices.Sort(list)
		return list
	}
	want := []string{"a", "a b", "b", "c", "退", "退款", "款"}
	slices.Sort(want)
	if got := collect(o.words, "A b, c 退款"); !reflect.DeepEqual(got, want) {
		t.Errorf("words: got %q, want %q", got, want)
	}
	want = []string{" a", " a ", "a ", "!!!", "快", "快递", "快递到", "递", "递到", "到"}
	slices.Sort(want)
	if got := collect(o.grams, "a !!!!! 快递到"); !reflect.DeepEqual(got, want) {
		t.Errorf("n-grams: got %q, want %q", got, want)
	}
}

func TestAHugeTextIsCut(t *testing.T) {
	n := normalise(strings.Repeat("字", 3*maxRunes))
	if got := utf8.RuneCountInString(n.text); got != maxRunes+2 {
		t.Errorf("got %d characters, want %d and two spaces", got, maxRunes)
	}
}

func TestRareAndSurplusFeaturesAreLeftOut(t *testing.T) {
	texts := []string{"red apple", "red pear", "red figs", "green plum"}
	v, _ := Fit(nil, texts, VectorizerOptions{MinDocuments: 3})
	for _, f := range v.features {
		if !strings.Contains(" red ", f.term) {
			t.Errorf("%q stands in fewer than 3 texts", f.term)
		}
	}
	v, x := Fit(nil, texts, VectorizerOptions{MaxFeatures: 7})
	if v.Features() != 7 || x.Cols != 7 || len(v.idf) != 7 {
		t.Errorf("got %d features, want 7", v.Features())
	}
}

func FuzzFeaturesArePiecesOfTheText(f *testing.F) {
	f.Add("Hello, 世界 can't 3.5 👍")
	f.Add("\xff\x00 \u200d a\u0301̈")
	f.Fuzz(func(t *testing.T, text string) {
		n := normalise(text)
		at := 1
		for i, k := range n.tokens {
			if k.kind == gap || k.from != at || k.to <= k.from || n.text[k.from-1] != ' ' || n.text[k.to] != ' ' {
				t.Fatalf("%q: token %d is [%d, %d) after %d in %q", text, i, k.from, k.to, at, n.text)
			}
			at = k.to + 1
		}
		if !utf8.ValidString(n.text) || strings.Contains(n.text, "\n") {
			t.Fatalf("%q became %q", text, n.text)
		}
		_, x := Fit(nil, []string{text, text}, VectorizerOptions{})
		index, value := x.Row(0)
		for k, v := range value {
			if !(0 < v && v <= 1.000001) || k > 0 && index[k] <= index[k-1] {
				t.Fatalf("%q: feature %d at %d is %g", text, index[k], k, v)
			}
		}
	})
}
