package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"datahall"
	"datahall/phrase"
)

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "abc": 3, "机房": 4, "a机b": 4, "ｆｕｌｌ": 8, "é": 1, "e\u0301": 1, "🙂": 2, "—": 1, "·": 1, "，": 2, "ﾊﾝ": 2, "👩‍🔬": 4, "\u200b": 0,
	} {
		if got := columns(text); got != want {
			t.Errorf("columns(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestTablesAlignChineseAndLatin(t *testing.T) {
	s, out := speaking(phrase.Chinese)
	tab := s.table(datahall.Say("label"), datahall.Say("rows"), datahall.Say("share")).numbers(1, 2)
	tab.row("退款", "1,204", "60.2 %").row("order_status", "7", "0.4 %").row("两个\n行\t和\x1b[31m", "12", "0.6 %")
	s.print(tab.String())
	want := strings.Join([]string{
		"标签                行    占比",
		"退款             1,204  60.2 %",
		"order_status         7   0.4 %",
		"两个 行 和 [31m     12   0.6 %",
		"",
	}, "\n")
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
}

func TestFoldBreaksWhereALineMayEnd(t *testing.T) {
	for _, c := range []struct {
		text string
		to   int
		want string
	}{
		{"one two three", 8, "one two|three"},
		{"one two", 20, "one two"},
		{"训练模型，并登记", 8, "训练模|型，并登|记"},
		{"训练模型，并登记", 10, "训练模型，|并登记"},
		{"用 datahall 训练", 11, "用 datahall|训练"},
		{"unbreakable-word next", 5, "unbreakable-word|next"},
		{"", 5, ""},
	} {
		lines := fold(c.text, c.to)
		if got := strings.Join(lines, "|"); got != c.want {
			t.Errorf("fold(%q, %d) = %q, want %q", c.text, c.to, got, c.want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text string
		to   int
		want string
	}{{"abcdef", 6, "abcdef"}, {"abcdef", 4, "abc…"}, {"机房里有", 5, "机房…"}, {"机房里有", 6, "机房…"}, {"机房里有", 8, "机房里有"}} {
		if got := cut(c.text, c.to); got != c.want || columns(got) > c.to {
			t.Errorf("cut(%q, %d) = %q, want %q", c.text, c.to, got, c.want)
		}
	}
}

func TestFigures(t *testing.T) {
	s, _ := speaking(phrase.English)
	zh, _ := speaking(phrase.Chinese)
	for _, c := range []struct{ got, want string }{
		{count(0), "0"}, {count(999), "999"}, {count(1234567), "1,234,567"}, {count(-1234), "-1,234"},
		{digits(0, 3), "0"}, {digits(0.00123456, 2), "0.0012"}, {digits(12.345, 3), "12.3"}, {digits(1234.5, 2), "1,234"}, {digits(-0.5, 2), "-0.50"},
		{percent(0.9243), "92.4 %"},
		{s.duration(0.0123), "12 ms"}, {s.duration(1.26), "1.3 s"}, {s.duration(42.2), "42 s"}, {s.duration(119.4), "119 s"}, {s.duration(150), "2 min 30 s"}, {s.duration(9000), "2 h 30 min"}, {s.duration(7199.9), "120 min 0 s"},
		{zh.duration(150), "2 分 30 秒"},
		{bytesOf(12), "12 B"}, {bytesOf(1234), "1.23 kB"}, {bytesOf(999.7), "1.00 kB"}, {bytesOf(5.2e9), "5.20 GB"},
		{joules(12.345), "12.3 J"}, {joules(12345), "12.3 kJ"}, {joules(0.0312), "0.031 J"}, {joules(0.001), "<0.01 J"}, {exact(0.15), "0.15"}, {exact(1500), "1,500"}, {exact(0.05), "0.05"}, {little(0, 0.1), "0"}, {joules(2.5e6), "2.50 MJ"},
		{parameters(22_713_216), "22.7 M"}, {parameters(812), "812"}, {parameters(66_955_779), "67.0 M"},
		{s.amount(2130, "rows"), "2,130 rows"}, {zh.amount(2130, "rows"), "2,130 行"}, {s.amount(1e6, "bytes"), "1.00 MB"},
		{s.rate(1234, "tokens"), "1,234 tokens/s"}, {zh.rate(1234, "tokens"), "每秒 1,234 词元"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestReceiptNamesSourceAndBand(t *testing.T) {
	u := datahall.Usage{WallSeconds: 42, CPUSeconds: 80, Joules: 3456, EnergySource: "modelled", EnergyError: 0.3, Cost: 0.00123, Currency: "CNY", GramsCO2: 0.57}
	for lang, want := range map[phrase.Language]string{
		phrase.English: "42 s · 80 s of processor time · 3,456 J (modelled ±30 %) · 0.0012 CNY · 0.57 g CO2",
		phrase.Chinese: "42 秒 · 处理器用时 80 秒 · 3,456 J（模型估算 ±30 %） · 0.0012 CNY · 0.57 克 CO2",
	} {
		s, _ := speaking(lang)
		if got := s.receipt(u); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// Scripts read one line, compact, with sentences in the place of messages and
// all else as it was, in its order.
func TestJSONIsOneLineOfSentences(t *testing.T) {
	s, out := speaking(phrase.English)
	s.json = true
	job := datahall.Job{ID: "job-1", State: datahall.Queued, Reason: datahall.Say("waits behind job %s", "job-0"),
		Spec: json.RawMessage("{ \"reason\": \"<b>&\",\n \"n\": 1e3, \"pattern\": null }")}
	if err := s.result([]datahall.Job{job}, nil); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	if strings.Count(got, "\n") != 1 || !strings.HasSuffix(got, "\n") {
		t.Errorf("not one line: %q", got)
	}
	for _, want := range []string{`[{"id":"job-1","kind":"","name":"","project":"","state":"queued","attempts":0,"reason":"waits behind job job-0"`,
		`"spec":{"reason":"<b>&","n":1e3,"pattern":null}`, `"stage":""`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nhas no %s", got, want)
		}
	}
	var back []map[string]any
	if err := json.Unmarshal([]byte(got), &back); err != nil {
		t.Error(err)
	}
}

func TestJSONLeavesOtherObjectsAlone(t *testing.T) {
	s, out := speaking(phrase.Chinese)
	s.json = true
	v := json.RawMessage(`{"message":{"pattern":"cancelled"},"reason":{"pattern":"a","args":["b"],"more":1},"card":{"pattern":"x"},"list":[],"o":{},"s":"\u003c\n"}`)
	if err := s.result(v, nil); err != nil {
		t.Fatal(err)
	}
	want := `{"message":"已取消","reason":{"pattern":"a","args":["b"],"more":1},"card":{"pattern":"x"},"list":[],"o":{},"s":"\u003c\n"}` + "\n"
	if out.String() != want {
		t.Errorf("got  %s\nwant %s", out, want)
	}
}

func TestWithJSONNothingElseIsPrinted(t *testing.T) {
	s, out := speaking(phrase.English)
	s.json = true
	s.say(datahall.Say("no jobs yet"))
	s.line("x")
	s.print("y")
	s.note(datahall.Say("no jobs yet"))
	if out.Len() > 0 {
		t.Errorf("printed %q", out)
	}
}

func TestErrorsAreOneLine(t *testing.T) {
	if got := oneLine(" a\nb\x1b[0m\r\n"); got != "a b [0m" {
		t.Errorf("got %q", got)
	}
}

func TestNameOf(t *testing.T) {
	for file, want := range map[string]string{
		"/x/tickets.csv": "tickets", "工单 2024.xlsx": "工单-2024", "a.jsonl.gz": "a", "b.csv.zst": "b", "builtin:shop": "shop",
		".csv": "csv", "???.tsv": "data", "x<script>.csv": "x-script", "noext": "noext", "v1.2": "v1.2",
	} {
		if got := nameOf(file); got != want {
			t.Errorf("nameOf(%q) = %q, want %q", file, got, want)
		}
	}
}

func TestUntil(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"": {}, "12h": now.Add(12 * time.Hour), "30d": now.AddDate(0, 0, 30), "2w": now.AddDate(0, 0, 14),
		"2027-01-31": time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC),
	} {
		if got, err := until(text, now); err != nil || !got.Equal(want) {
			t.Errorf("until(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"x", "0d", "-3d", "2026-04-01", "9999999999d", "d", "5m"} {
		if _, err := until(text, now); err == nil {
			t.Errorf("until(%q) is taken", text)
		}
	}
}

func TestLanguage(t *testing.T) {
	for _, c := range []struct {
		args string
		env  map[string]string
		want phrase.Language
	}{
		{"job ls", nil, phrase.English},
		{"job ls", map[string]string{"LANG": "zh_CN.UTF-8"}, phrase.Chinese},
		{"job ls", map[string]string{"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, phrase.English},
		{"job ls --lang zh-CN", map[string]string{"LANG": "en"}, phrase.Chinese},
		{"--lang=en job", map[string]string{"LANG": "zh"}, phrase.English},
		{"predict -- --lang zh", nil, phrase.English},
	} {
		if got := language(strings.Fields(c.args), func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%s %v: %s, want %s", c.args, c.env, got, c.want)
		}
	}
}
