package main

import (
	"testing"

	"datahall"
)

func TestSamplesShowEveryLabel(t *testing.T) {
	var rows []datahall.Row
	for i := range 300 {
		rows = append(rows, datahall.Row{Text: "t", Label: string(rune('a' + i/100))})
	}
	count := map[string]int{}
	for _, r := range spread(rows, 50) {
		count[r.Label]++
	}
	if count["a"] != 17 || count["b"] != 17 || count["c"] != 16 {
		t.Errorf("got %v", count)
	}
	if got := len(spread(rows[:3], 50)); got != 3 {
		t.Errorf("got %d of 3 rows", got)
	}
}
