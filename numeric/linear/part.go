package linear

import (
	"math"
	"math/rand/v2"
)

// The precision of the descents that choose C, and of the one that is kept.
// LIBLINEAR's default is the former; figures on rows held out do not change below it.
const (
	searchTolerance = 0.1
	finalTolerance  = 0.05
)

// part is a model in the making, of some of the rows, and others that it will be asked about.
type part struct {
	target     Target
	vectorizer *Vectorizer
	descents   []*descent // a few columns each
	held       *Sparse
	rows       []int // of held
}

// part prepares the descents for rest. Its number makes their chance its own.
func (t *trainer) part(rest Examples, held []string, rows []int, number uint64) *part {
	p := &part{target: rest.Target, rows: rows}
	var x *Sparse
	p.vectorizer, x = Fit(t.o.Pool, rest.Texts, t.o.Vectorizer)
	p.held = p.vectorizer.Transform(t.o.Pool, held)
	square, weight := squares(x), rest.Target.weights()
	n := columns(rest.Target.Task, len(rest.Target.Labels))
	count := (n + lanes - 1) / lanes
	for g := range count {
		first := g * n / count
		d := &descent{x: x, square: square, weight: weight, first: first, width: (g+1)*n/count - first}
		d.random = rand.New(rand.NewPCG(t.o.Seed, number<<32|uint64(first)))
		if rest.Target.Task == Regress {
			d.goal = standard(rest.Target.Value)
		} else {
			d.yes = members(rest.Target, first)
		}
		p.descents = append(p.descents, d)
	}
	return p
}

// descend brings every column of the parts to strength c.
func (t *trainer) descend(parts []*part, c, tolerance float64) {
	var all []*descent
	for _, p := range parts {
		all = append(all, p.descents...)
	}
	solve := (*descent).svm
	if t.train.Target.Task == Regress {
		solve = (*descent).ridge
	}
	t.o.Pool.Run(len(all), func(i int) {
		if t.ctx.Err() != nil {
			return
		}
		solve(all[i], t.ctx, c, tolerance)
		t.count(all[i].width)
	})
}

// expect sets how many descents there will be: so many more of these parts,
// and those of the final model.
func (t *trainer) expect(parts []*part, times int) {
	n := float64(columns(t.train.Target.Task, len(t.train.Target.Labels)))
	t.total = t.done + float64(len(parts)*times)*n
	if !t.keep && parts[0].held.Rows() > 0 {
		t.total += n
	}
}

// count tells the progress: some descents more.
func (t *trainer) count(descents int) {
	if t.o.Progress == nil {
		return
	}
	t.counting.Lock()
	defer t.counting.Unlock()
	t.done += float64(descents)
	t.o.Progress(t.done, t.total)
}

// assemble makes a model of where the descents stand. Numbers get back their
// scale and mean.
func (p *part) assemble() *Model {
	m := &Model{task: p.target.Task, labels: p.target.Labels, vectorizer: p.vectorizer}
	n, features := columns(m.task, len(m.labels)), p.vectorizer.Features()
	m.weight, m.bias = make([]float32, features*n), make([]float32, n)
	for _, d := range p.descents {
		for j := range features {
			copy(m.weight[j*n+d.first:j*n+d.first+d.width], d.primal[j*d.width:])
		}
		copy(m.bias[d.first:], d.primal[features*d.width:])
	}
	if m.task == Regress {
		mean, scale := moments(p.target.Value)
		for j := range m.weight {
			m.weight[j] *= float32(scale)
		}
		m.bias[0] = float32(float64(m.bias[0])*scale + mean)
	}
	return m
}

// columns is how many columns a task needs: two labels are each other's opposite.
func columns(task string, labels int) int {
	if task == Regress || task == Classify && labels == 2 {
		return 1
	}
	return labels
}

// members tells for each row which of the columns first, first+1, … it belongs
// to, a bit each. A single column is the second label's.
func members(y Target, first int) []uint64 {
	if y.Task == Classify && len(y.Labels) == 2 {
		first = 1
	}
	yes := make([]uint64, y.Rows())
	for i := range yes {
		for _, k := range y.of(i) {
			if l := k - first; 0 <= l && l < lanes {
				yes[i] |= 1 << l
			}
		}
	}
	return yes
}

// standard centres and scales numbers.
func standard(values []float64) []float64 {
	mean, scale := moments(values)
	list := make([]float64, len(values))
	for i, v := range values {
		list[i] = (v - mean) / scale
	}
	return list
}

// moments gives the mean and the standard deviation, 1 where all are the same.
func moments(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	square := 0.0
	for _, v := range values {
		square += (v - mean) * (v - mean) / float64(len(values))
	}
	if square == 0 {
		return mean, 1
	}
	return mean, math.Sqrt(square)
}
