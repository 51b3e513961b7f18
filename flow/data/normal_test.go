package data

import (
	"testing"
	"unicode/utf8"
)

func TestNormalise(t *testing.T) {
	for text, want := range map[string]string{
		"  Where IS\tmy\n\nOrder ? ": "where is my order ?",
		"ＷＨＥＲＥ　ｉｓ？":                  "where is?",
		"我 要　退货 ！":                   "我要退货!",
		"我要 refund 吗":                "我要refund吗",
		"【急】“退款”…《书》、—":              `[急]"退款"...` + `"书",-`,
		"zero\u200bwidth\ufeff":      "zerowidth",
		"soft\u00adhyphen\x07":       "softhyphen",
		"Straße ﬁne Ⅳ ①":             "strasse fine iv 1",
		"e\u0301 É":                  "é é",
		"❤\ufe0f 好":                  "❤好",
		"\u200b \u3000":              "",
		"it’s":                       "it's",
		"ｱｲ":                         "アイ",
		"a\u00a0b":                   "a b",
		"bad\xffbyte":                "bad\ufffdbyte",
		"\u2067right\u2069":          "right",
		"İ":                          "i\u0307",
		"1\u20442":                   "1\u20442",
	} {
		if got := Normalise(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzNormaliseSettles(f *testing.F) {
	for _, s := range []string{"Where is it?", "我要退货，谢谢", "ＡＢ…。", "ΐ\u0345ᾳ", "\u1e9e ǅ", "e\u200d\u0301", "〜・ ﷺ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Normalise(s)
		if twice := Normalise(once); twice != once {
			t.Errorf("%q: once %q, twice %q", s, once, twice)
		}
		if slow := normaliseAny(s); slow != once {
			t.Errorf("%q: in one pass %q, by the rules %q", s, once, slow)
		}
		if string(normalBytes(nil, s)) != once || !utf8.ValidString(once) {
			t.Errorf("%q: %q", s, once)
		}
	})
}

func TestLabelKey(t *testing.T) {
	for _, same := range [][]string{{"card_arrival", "Card Arrival", "CARD-ARRIVAL", "ＣＡＲＤ　arrival"}, {"退款", "退 款"}} {
		for _, l := range same {
			if LabelKey(l) != LabelKey(same[0]) {
				t.Errorf("%q and %q differ", l, same[0])
			}
		}
	}
}

func TestLanguage(t *testing.T) {
	for text, want := range map[string]string{
		"where is my order": EN, "我的快递到哪了": ZH, "请帮我打开uc": ZH, "iPhone 13 怎么退": Mixed, "我要 refund 我的 order please": Mixed,
		"订单12345": ZH, "12345 !!": Other, "😀": Other, "どこですか": Other, "어디에 있나요": Other, "Где мой заказ": Other,
		"où est passée ma commande payée à l'été": Other, "a café": Other, "my resume, the naïve one, with many words around it": EN, "ＡＢＣ": EN,
	} {
		if got := Language(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}
