package linear

import "datahall/numeric/kernel"

// Model answers texts. It may be used by many goroutines at once.
type Model struct {
	task        string
	labels      []string
	vectorizer  *Vectorizer
	weight      []float32 // (features, columns)
	bias        []float32 // (columns)
	calibration calibration
	c           float64
}

// Task is what the model does: classify, multilabel or regress.
func (m *Model) Task() string { return m.task }

// Labels are in the order of the scores; none for regress.
func (m *Model) Labels() []string { return m.labels }

// Features is how many words and n-grams the model knows.
func (m *Model) Features() int { return m.vectorizer.Features() }

// Parameters is how many numbers were learned.
func (m *Model) Parameters() int64 { return int64(len(m.weight) + len(m.bias)) }

// C is the strength of the loss beside the penalty that was chosen in training.
func (m *Model) C() float64 { return m.c }

// Predict gives the probability of each label for each text: (texts, labels).
// Those of classify add up to 1; for regress it gives the number alone.
func (m *Model) Predict(pool *kernel.Pool, texts []string) [][]float64 {
	scores := m.Outputs(pool, texts)
	m.calibration.all(m.task, scores)
	return scores
}

// Outputs gives the decision values of each label for each text, before they
// are made probabilities: (texts, labels), for regress (texts, 1).
func (m *Model) Outputs(pool *kernel.Pool, texts []string) [][]float64 {
	return m.outputs(pool, m.vectorizer.Transform(pool, texts))
}

func (m *Model) outputs(pool *kernel.Pool, x *Sparse) [][]float64 {
	list := make([][]float64, x.Rows())
	pool.Run(blocks(len(list)), func(b int) {
		sum := make([]float32, len(m.bias))
		for i := b * blockRows; i < min(len(list), (b+1)*blockRows); i++ {
			copy(sum, m.bias)
			index, value := x.Row(i)
			for k, j := range index {
				kernel.AXPY(sum, value[k], m.weight[int(j)*len(sum):(int(j)+1)*len(sum)])
			}
			list[i] = m.labelled(sum)
		}
	})
	return list
}

// labelled gives one value a label of one a column.
func (m *Model) labelled(sum []float32) []float64 {
	if m.task == Classify && len(sum) == 1 {
		return []float64{-float64(sum[0]), float64(sum[0])}
	}
	row := make([]float64, len(sum))
	for k, v := range sum {
		row[k] = float64(v)
	}
	return row
}
