package transformer

import (
	"fmt"
	"math"
	"slices"
)

// The twin is BERT in float64 on a tape of scalars: as slow as it is plain. It
// shares no code with what it checks, and finite differences check it.

// tape records scalars in the order in which they were computed, each with the
// scalars that it was computed from and its derivative by each of them.
type tape struct {
	value    []float64
	parents  [][]num
	partials [][]float64
}

type num int // index into a tape

func (t *tape) put(value float64, parents []num, partials ...float64) num {
	t.value, t.parents, t.partials = append(t.value, value), append(t.parents, parents), append(t.partials, partials)
	return num(len(t.value) - 1)
}

// backward gives the derivative of y by every scalar of the tape.
func (t *tape) backward(y num) []float64 {
	d := make([]float64, len(t.value))
	d[y] = 1
	for i := int(y); i >= 0; i-- {
		for j, p := range t.parents[i] {
			d[p] += d[i] * t.partials[i][j]
		}
	}
	return d
}

func (t *tape) constant(v float64) num { return t.put(v, nil) }
func (t *tape) add(a, b num) num {
	return t.put(t.value[a]+t.value[b], []num{a, b}, 1, 1)
}
func (t *tape) mul(a, b num) num {
	return t.put(t.value[a]*t.value[b], []num{a, b}, t.value[b], t.value[a])
}
func (t *tape) scale(a num, k float64) num { return t.put(k*t.value[a], []num{a}, k) }
func (t *tape) apply(a num, f, df func(float64) float64) num {
	return t.put(f(t.value[a]), []num{a}, df(t.value[a]))
}
func (t *tape) sum(x []num) num {
	y, ones := 0.0, make([]float64, len(x))
	for i, v := range x {
		y, ones[i] = y+t.value[v], 1
	}
	return t.put(y, x, ones...)
}

func (t *tape) dot(a, b []num) num {
	y, partials := 0.0, make([]float64, 2*len(a))
	for i := range a {
		y += t.value[a[i]] * t.value[b[i]]
		partials[i], partials[len(a)+i] = t.value[b[i]], t.value[a[i]]
	}
	return t.put(y, slices.Concat(a, b), partials...)
}

func (t *tape) exp(a num) num { return t.apply(a, math.Exp, math.Exp) }
func (t *tape) log(a num) num { return t.apply(a, math.Log, func(x float64) float64 { return 1 / x }) }
func (t *tape) inv(a num) num { return t.power(a, -1) }
func (t *tape) power(a num, p float64) num {
	return t.apply(a, func(x float64) float64 { return math.Pow(x, p) }, func(x float64) float64 { return p * math.Pow(x, p-1) })
}
func (t *tape) tanh(a num) num {
	return t.apply(a, math.Tanh, func(x float64) float64 { return 1 - math.Tanh(x)*math.Tanh(x) })
}

// gelu is x·Φ(x) (Hendrycks and Gimpel 2016).
func (t *tape) gelu(a num) num {
	cdf := func(x float64) float64 { return 0.5 * (1 + math.Erf(x/math.Sqrt2)) }
	return t.apply(a, func(x float64) float64 { return x * cdf(x) },
		func(x float64) float64 { return cdf(x) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi) })
}

func (t *tape) softmax(x []num) []num {
	e := make([]num, len(x))
	for i := range x {
		e[i] = t.exp(x[i])
	}
	inv := t.inv(t.sum(slices.Clone(e)))
	for i := range e {
		e[i] = t.mul(e[i], inv)
	}
	return e
}

// twin is a BERT whose parameters are scalars of a tape.
type twin struct {
	*tape
	layers, heads int
	eps           float64
	params        map[string][]num
	mask          func(site, n int) []float64 // factors of dropout: 0 or 1/(1−p)
}

// vector is row i of a matrix parameter of the given width.
func (w twin) vector(name string, i, width int) []num {
	p, ok := w.params[name]
	if !ok {
		panic("twin: no parameter " + name)
	}
	return p[i*width : (i+1)*width]
}

func (w twin) linear(name string, x []num) []num {
	bias := w.params[name+".bias"]
	y := make([]num, len(bias))
	for i := range y {
		y[i] = w.add(w.dot(w.vector(name+".weight", i, len(x)), x), bias[i])
	}
	return y
}

func (w twin) norm(name string, x []num) []num {
	n := float64(len(x))
	mean := w.scale(w.sum(x), -1/n)
	c := make([]num, len(x))
	for i := range x {
		c[i] = w.add(x[i], mean)
	}
	inv := w.power(w.add(w.scale(w.dot(c, c), 1/n), w.constant(w.eps)), -0.5)
	for i := range c {
		c[i] = w.add(w.mul(w.mul(c[i], inv), w.params[name+".weight"][i]), w.params[name+".bias"][i])
	}
	return c
}

// drop multiplies rows of a site, numbered row by row, by its mask.
func (w twin) drop(site int, rows [][]num) {
	if w.mask == nil || len(rows) == 0 {
		return
	}
	m := w.mask(site, len(rows)*len(rows[0]))
	for i, row := range rows {
		for j := range row {
			row[j] = w.scale(row[j], m[i*len(row)+j])
		}
	}
}

// encode gives the last hidden state of the rows, end to end, as the batch has them.
func (w twin) encode(rows [][]int32, segments [][]int32) [][]num {
	width := len(w.params["bert.embeddings.LayerNorm.weight"])
	var x [][]num
	for r, ids := range rows {
		for i, id := range ids {
			e := make([]num, width)
			for k := range e {
				e[k] = w.add(w.add(w.vector("bert.embeddings.word_embeddings.weight", int(id), width)[k],
					w.vector("bert.embeddings.position_embeddings.weight", i, width)[k]),
					w.vector("bert.embeddings.token_type_embeddings.weight", int(segments[r][i]), width)[k])
			}
			x = append(x, w.norm("bert.embeddings.LayerNorm", e))
		}
	}
	w.drop(siteEmbedding, x)
	for l := range w.layers {
		x = w.layer(l, x, rows)
	}
	return x
}

func (w twin) layer(l int, x [][]num, rows [][]int32) [][]num {
	at := fmt.Sprintf("bert.encoder.layer.%d.", l)
	attended := w.attention(l, at+"attention.self.", x, rows)
	dense := func(name, norm string, site int, in, residual [][]num) [][]num {
		y := make([][]num, len(in))
		for i := range in {
			y[i] = w.linear(at+name, in[i])
		}
		w.drop(site, y)
		for i := range y {
			for k := range y[i] {
				y[i][k] = w.add(y[i][k], residual[i][k])
			}
			y[i] = w.norm(at+norm, y[i])
		}
		return y
	}
	x = dense("attention.output.dense", "attention.output.LayerNorm", siteOf(l, siteAttended), attended, x)
	inner := make([][]num, len(x))
	for i := range x {
		inner[i] = w.linear(at+"intermediate.dense", x[i])
		for k := range inner[i] {
			inner[i][k] = w.gelu(inner[i][k])
		}
	}
	return dense("output.dense", "output.LayerNorm", siteOf(l, siteOutput), inner, x)
}

// attention walks (row, head, query), which is also the order of the dropout of
// its probabilities.
func (w twin) attention(l int, at string, x [][]num, rows [][]int32) [][]num {
	width := len(x[0])
	size := width / w.heads
	q, k, v := make([][]num, len(x)), make([][]num, len(x)), make([][]num, len(x))
	y := make([][]num, len(x))
	for i := range x {
		q[i], k[i], v[i] = w.linear(at+"query", x[i]), w.linear(at+"key", x[i]), w.linear(at+"value", x[i])
		y[i] = make([]num, width)
	}
	total := 0
	for _, ids := range rows {
		total += w.heads * positions(len(ids))
	}
	var mask []float64
	if w.mask != nil {
		mask = w.mask(siteOf(l, siteProbabilities), total)
	}
	from, counter := 0, 0
	for _, ids := range rows {
		for h := range w.heads {
			lo, hi := h*size, (h+1)*size
			for i := from; i < from+len(ids); i++ {
				scores := make([]num, len(ids))
				for j := range scores {
					scores[j] = w.scale(w.dot(q[i][lo:hi], k[from+j][lo:hi]), 1/math.Sqrt(float64(size)))
				}
				p := w.softmax(scores)
				for j := range p {
					if mask != nil {
						p[j] = w.scale(p[j], mask[counter+(i-from)*len(ids)+j])
					}
				}
				for c := lo; c < hi; c++ {
					y[i][c] = w.constant(0)
					for j := range p {
						y[i][c] = w.add(y[i][c], w.mul(p[j], v[from+j][c]))
					}
				}
			}
			counter += positions(len(ids))
		}
		from += len(ids)
	}
	return y
}

// positions of dropout are counted in whole groups of 64 for each head of a row.
func positions(tokens int) int { return (tokens*tokens + 63) / 64 * 64 }

// logits of the sequence classifier: pooler, dropout, classifier.
func (w twin) logits(x [][]num, rows [][]int32) [][]num {
	var pooled [][]num
	from := 0
	for _, ids := range rows {
		p := w.linear("bert.pooler.dense", x[from])
		for k := range p {
			p[k] = w.tanh(p[k])
		}
		pooled = append(pooled, p)
		from += len(ids)
	}
	w.drop(siteHead, pooled)
	for i := range pooled {
		pooled[i] = w.linear("classifier", pooled[i])
	}
	return pooled
}

// crossEntropy is the mean of −log softmax at the targets.
func (w twin) crossEntropy(logits [][]num, targets []int32) num {
	loss := w.constant(0)
	for i, z := range logits {
		loss = w.add(loss, w.scale(w.log(w.softmax(z)[targets[i]]), -1/float64(len(logits))))
	}
	return loss
}

// loss runs a batch through the twin with the values of params, and gives the
// loss and, unless they are nil, its gradients by name.
func (w twin) loss(values map[string][]float64, rows, segments [][]int32, targets []int32, gradients map[string][]float64) float64 {
	w.tape, w.params = &tape{}, map[string][]num{}
	for name, v := range values {
		for _, x := range v {
			w.params[name] = append(w.params[name], w.constant(x))
		}
	}
	y := w.crossEntropy(w.logits(w.encode(rows, segments), rows), targets)
	if gradients != nil {
		d := w.backward(y)
		for name, p := range w.params {
			gradients[name] = make([]float64, len(p))
			for i, x := range p {
				gradients[name][i] = d[x]
			}
		}
	}
	return w.value[y]
}
