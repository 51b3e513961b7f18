package infer

import (
	"cmp"
	"context"
	"slices"

	"datahall/flow/batch"
)

// Each scores many texts, in batches of texts of like length, and hands over
// the scores in the order of the texts. Texts are cut where they are too long.
func Each(ctx context.Context, m Model, texts []string, limits batch.Limits, give func(i int, scores []float32) error) error {
	all := make([]Text, len(texts))
	for i, text := range texts {
		all[i], _ = m.Read(text, "")
	}
	scores, err := Rows(ctx, all, limits, func(t []Text) ([][]float32, error) { return m.Scores(t, false) }, nil)
	if err != nil {
		return err
	}
	for i, s := range scores {
		if err := give(i, s); err != nil {
			return err
		}
	}
	return nil
}

// Rows computes a row for each of many texts, those of like length together.
// done, where given, is told how many are ready.
func Rows(ctx context.Context, texts []Text, limits batch.Limits, compute func([]Text) ([][]float32, error), done func(int)) ([][]float32, error) {
	order := make([]int, len(texts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(texts[a].Tokens, texts[b].Tokens) })
	out := make([][]float32, len(texts))
	for at := 0; at < len(order); {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		lengths := []int{}
		for _, i := range order[at:min(len(order), at+limits.Rows)] {
			lengths = append(lengths, texts[i].Tokens)
		}
		n := batch.Next([]batch.Question{{Lengths: lengths}}, limits)[0]
		step := make([]Text, n)
		for k, i := range order[at : at+n] {
			step[k] = texts[i]
		}
		rows, err := compute(step)
		if err != nil {
			return nil, err
		}
		for k, i := range order[at : at+n] {
			out[i] = rows[k]
		}
		at += n
		if done != nil {
			done(at)
		}
	}
	return out, nil
}
