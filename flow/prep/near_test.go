package prep

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"datahall"
)

// similarity is the definition, on strings and maps.
func similarity(a, b string) float64 {
	grams := func(s string) map[string]bool {
		r, m := []rune(Normalise(s)), map[string]bool{}
		for i := 0; i+gramLength <= len(r); i++ {
			m[string(r[i:i+gramLength])] = true
		}
		if len(m) == 0 {
			m[string(r)] = true
		}
		return m
	}
	x, y := grams(a), grams(b)
	common := 0
	for g := range x {
		if y[g] {
			common++
		}
	}
	return float64(common) / float64(len(x)+len(y)-common)
}

func TestNearFindsWhatTheDefinitionFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 5))
	words := strings.Fields("我想 退货 订单 没有 收到 快递 where is my order please 12345 refund 优惠券 不能 用 account blocked again and")
	var rows []datahall.Row
	for range 400 {
		var b strings.Builder
		if len(rows) > 0 && r.IntN(2) == 0 { // an earlier one with an edit
			old := []rune(rows[r.IntN(len(rows))].Text)
			old[r.IntN(len(old))] = '改'
			b.WriteString(string(old))
		} else {
			for range 3 + r.IntN(20) {
				b.WriteString(words[r.IntN(len(words))])
			}
		}
		rows = append(rows, datahall.Row{Text: b.String()})
	}
	got := map[int]float64{}
	for _, p := range Near(rows) {
		got[p.B] = p.Jaccard
		if want := similarity(rows[p.A].Text, rows[p.B].Text); p.A >= p.B || want != p.Jaccard {
			t.Errorf("rows %d and %d: got %v, want %v", p.A, p.B, p.Jaccard, want)
		}
	}
	found := 0
	for b := range rows {
		best := 0.0
		for a := range b {
			best = max(best, similarity(rows[a].Text, rows[b].Text))
		}
		if best < Threshold {
			best = 0
		} else {
			found++
		}
		if got[b] != best {
			t.Errorf("row %d: got %v, want %v", b, got[b], best)
		}
	}
	if found < 50 {
		t.Errorf("only %d pairs in the test's own rows", found)
	}
}

func TestLeaks(t *testing.T) {
	rows := story(`
		train a Where is my parcel? I ordered it two weeks ago.
		train a 我的快递到哪里了，请帮我查一下好吗
		validation a only in validation
		test a where is my parcel?  I ordered it two weeks ago.
		test a Where is my parcel? I ordered it two weeks ago!!
		test a 我的快递到哪里了，请帮我查一下好吗？
		test a only in validation
		test a something else entirely
		- b rows without a split are trained on
		test b Rows without a split are trained on`)
	leaks, leaked := Leaks(rows)
	if leaks == nil || leaks.Rows != 6 || leaks.Exact != 2 || leaks.Near != 2 || !slices.Equal(leaks.Lines, []int{4, 5, 6, 10}) {
		t.Errorf("got %+v", leaks)
	}
	if !slices.Equal(leaked, []int{3, 4, 5, 9}) {
		t.Errorf("leaked %v", leaked)
	}
	if leaks, _ := Leaks(rows[:3]); leaks != nil {
		t.Errorf("no test rows: got %+v", leaks)
	}
}

func TestSuggestLabels(t *testing.T) {
	got := SuggestLabels([]datahall.Count{
		{Name: "card_arrival", N: 100}, {Name: "Card Arrival", N: 3}, {Name: "card_arival", N: 2}, {Name: "退款", N: 50}, {Name: "退 款", N: 60},
		{Name: "track_1", N: 40}, {Name: "track_2", N: 1}, {Name: "买家咨询退货规则", N: 40}, {Name: "买家咨询换货规则", N: 1}, {Name: "ＶＩＰ", N: 5}, {Name: "vip", N: 9},
	})
	var lines []string
	for _, s := range got {
		lines = append(lines, fmt.Sprintf("%s -> %s (%d): %s", s.From, s.To, s.Rows, s.Reason))
	}
	want := []string{
		"退款 -> 退 款 (50): differs only in case, width, spaces or hyphens",
		"ＶＩＰ -> vip (5): differs only in case, width, spaces or hyphens",
		"Card Arrival -> card_arrival (3): differs only in case, width, spaces or hyphens",
		"card_arival -> card_arrival (2): is one letter away and rare",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	rows := Relabel([]datahall.Row{{Label: "vip"}, {Labels: []string{"b", "vip"}}, {Label: "c"}}, map[string]string{"vip": "b"})
	if rows[0].Label != "b" || !slices.Equal(rows[1].Labels, []string{"b"}) || rows[2].Label != "c" {
		t.Errorf("got %v", rows)
	}
}

func BenchmarkOneHundredThousandRows(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	words := strings.Fields("where when how can i my order parcel refund card account please help the a to for is not paid 我 的 订单 退款 快递 什么时候 发货 没有 收到 请 查 一下 谢谢 优惠券 地址 修改")
	rows := make([]datahall.Row, 100_000)
	for i := range rows {
		var t strings.Builder
		for range 5 + r.IntN(15) {
			t.WriteString(words[r.IntN(len(words))])
			t.WriteByte(' ')
		}
		rows[i] = datahall.Row{Text: t.String(), Label: fmt.Sprint(r.IntN(50))}
		if i%3 == 0 {
			rows[i].Split = "test"
		}
	}
	for name, f := range map[string]func(){
		"split": func() {
			if _, err := Split(rows, datahall.SplitSpec{Validation: 0.1, Seed: 1}); err != nil {
				b.Fatal(err)
			}
		},
		"near":  func() { Near(rows) },
		"leaks": func() { Leaks(rows) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
		})
	}
}
