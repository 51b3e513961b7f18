package batch

import (
	"math/rand/v2"
	"reflect"
	"testing"
)

func TestNext(t *testing.T) {
	limits := Limits{Tokens: 100, Rows: 4}
	for _, c := range []struct {
		name  string
		queue []Question
		want  []int
	}{
		{"nothing waits", nil, []int{}},
		{"all fits", []Question{{[]int{10, 10}}, {[]int{10}}}, []int{2, 1}},
		{"one of each in turn", []Question{{[]int{10, 10, 10, 10, 10}}, {[]int{10}}}, []int{3, 1}},
		{"tokens are the limit", []Question{{[]int{60, 60}}, {[]int{40, 1}}}, []int{1, 1}},
		{"a text beyond the limit goes alone", []Question{{[]int{500}}, {[]int{1}}}, []int{1, 0}},
		{"a question that is done takes no turn", []Question{{nil}, {[]int{5}}}, []int{0, 1}},
	} {
		if got := Next(c.queue, limits); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func FuzzNextKeepsItsLimitsAndMovesOn(f *testing.F) {
	f.Add(uint64(7))
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		l := Limits{Tokens: 1 + r.IntN(200), Rows: 1 + r.IntN(20)}
		queue := make([]Question, 1+r.IntN(10))
		for i := range queue {
			for range 1 + r.IntN(10) {
				queue[i].Lengths = append(queue[i].Lengths, 1+r.IntN(100))
			}
		}
		tokens, rows := 0, 0
		take := Next(queue, l)
		for i, n := range take {
			for _, length := range queue[i].Lengths[:n] {
				tokens += length
				rows++
			}
		}
		if take[0] == 0 || rows > l.Rows || rows > 1 && tokens > l.Tokens {
			t.Fatalf("SEED=%d: took %v: %d rows, %d tokens of %+v", seed, take, rows, tokens, l)
		}
	})
}
