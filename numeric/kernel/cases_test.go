package kernel

import "math"

// kernels is the table that most tests walk.
func kernels() []kernelCase {
	var list []kernelCase
	for _, part := range [][]kernelCase{simpleCases(), functionCases(), sumCases(), rowCases(), stepCases()} {
		list = append(list, part...)
	}
	for i := range list {
		if list[i].outputs == nil {
			list[i].outputs = []int{0}
		}
	}
	return list
}

func simpleCases() []kernelCase {
	exact := func(f func(a, b float64) float64) func(x [][]float64, i int) (float64, float64) {
		return func(x [][]float64, i int) (float64, float64) {
			v := f(x[1][i], x[2][i])
			return v, e*math.Abs(v) + math.SmallestNonzeroFloat32
		}
	}
	return []kernelCase{
		{name: "Add", slices: 3, aliases: []int{1, 2}, run: func(x [][]float32) { Add(x[0], x[1], x[2]) },
			want: exact(func(a, b float64) float64 { return a + b })},
		{name: "Sub", slices: 3, aliases: []int{1, 2}, run: func(x [][]float32) { Sub(x[0], x[1], x[2]) },
			want: exact(func(a, b float64) float64 { return a - b })},
		{name: "Mul", slices: 3, aliases: []int{1, 2}, run: func(x [][]float32) { Mul(x[0], x[1], x[2]) },
			want: exact(func(a, b float64) float64 { return a * b })},
		{name: "Scale", slices: 2, aliases: []int{1}, run: func(x [][]float32) { Scale(x[0], x[1], 1.7) },
			want: func(x [][]float64, i int) (float64, float64) {
				v := x[1][i] * float64(float32(1.7))
				return v, e*math.Abs(v) + math.SmallestNonzeroFloat32
			}},
		{name: "AXPY", slices: 2, run: func(x [][]float32) { AXPY(x[0], -0.3, x[1]) },
			want: func(x [][]float64, i int) (float64, float64) {
				a, b := x[0][i], float64(float32(-0.3))*x[1][i]
				return a + b, 2*e*(math.Abs(a)+math.Abs(b)) + math.SmallestNonzeroFloat32
			}},
		{name: "ReLU", slices: 2, aliases: []int{1}, run: func(x [][]float32) { ReLU(x[0], x[1]) },
			want: func(x [][]float64, i int) (float64, float64) { return math.Max(x[1][i], 0), 0 }},
		{name: "ReLUBackward", slices: 3, aliases: []int{1, 2}, run: func(x [][]float32) { ReLUBackward(x[0], x[1], x[2]) },
			want: func(x [][]float64, i int) (float64, float64) {
				if x[2][i] > 0 {
					return x[1][i], 0
				}
				return 0, 0
			}},
		{name: "TanhBackward", slices: 3, aliases: []int{1, 2}, run: func(x [][]float32) { TanhBackward(x[0], x[1], x[2]) },
			want: func(x [][]float64, i int) (float64, float64) {
				d, y := x[1][i], x[2][i]
				return d * (1 - y*y), 4*e*math.Abs(d)*(1+y*y) + math.SmallestNonzeroFloat32
			}},
		{name: "Dropout", slices: 2, aliases: []int{1}, sum: true, run: func(x [][]float32) { Dropout(x[0], x[1], 99, 5, 0.3) },
			want: func(x [][]float64, i int) (float64, float64) {
				if float64(philox((uint64(i)+5)/64*16+(uint64(i)+5)%16, 99, 0)[(i+5)%64/16]) < 0.3*(1<<32) {
					return 0, 0
				}
				return x[1][i] / 0.7, 3 * e * math.Abs(x[1][i])
			}},
	}
}

func functionCases() []kernelCase {
	return []kernelCase{
		{name: "Exp", slices: 2, aliases: []int{1}, line: true, run: func(x [][]float32) { Exp(x[0], x[1]) },
			want: func(x [][]float64, i int) (float64, float64) {
				v := math.Exp(x[1][i])
				return v, 4*e*v + math.SmallestNonzeroFloat32
			}},
		{name: "Tanh", slices: 2, aliases: []int{1}, line: true, run: func(x [][]float32) { Tanh(x[0], x[1]) },
			want: func(x [][]float64, i int) (float64, float64) {
				v := math.Tanh(x[1][i])
				return v, 6*e*math.Abs(v) + math.SmallestNonzeroFloat32
			}},
		{name: "GELU", slices: 2, aliases: []int{1}, line: true, run: func(x [][]float32) { GELU(x[0], x[1]) },
			want: func(x [][]float64, i int) (float64, float64) {
				v := x[1][i] * normalCDF(x[1][i])
				if math.IsInf(x[1][i], -1) {
					return 0, 0
				}
				return v, 8*e*math.Abs(v)*(1+min(x[1][i]*x[1][i], 400)/2) + 1e-37
			}},
		{name: "GELUBackward", slices: 3, aliases: []int{1, 2}, run: func(x [][]float32) { GELUBackward(x[0], x[1], x[2]) },
			want: func(x [][]float64, i int) (float64, float64) {
				v := x[1][i] * geluSlope(x[2][i])
				return v, 10*e*math.Abs(x[1][i]) + 1e-37
			}},
	}
}

// sumOf is Σ term(j) over the first n and how far float32 may be from it.
func sumOf(n int, term func(j int) float64) (sum, within float64) {
	for j := range n {
		v := term(j)
		sum += v
		within += math.Abs(v)
	}
	return sum, float64(n+2) * e * within
}

// sumCases store their number in element 0 of slice 0 and leave the others.
func sumCases() []kernelCase {
	number := func(name string, slices int, f func(x [][]float32) float32, want func(x [][]float64) (float64, float64)) kernelCase {
		return kernelCase{name: name, slices: slices, sum: true,
			run: func(x [][]float32) {
				if v := f(x); len(x[0]) > 0 {
					x[0][0] = v
				}
			},
			want: func(x [][]float64, i int) (float64, float64) {
				if i > 0 {
					return x[0][i], 0
				}
				return want(x)
			}}
	}
	return []kernelCase{
		number("Dot", 2, func(x [][]float32) float32 { return Dot(x[0], x[1]) }, func(x [][]float64) (float64, float64) {
			return sumOf(len(x[0]), func(j int) float64 { return x[0][j] * x[1][j] })
		}),
		number("Sum", 1, func(x [][]float32) float32 { return Sum(x[0]) }, func(x [][]float64) (float64, float64) {
			return sumOf(len(x[0]), func(j int) float64 { return x[0][j] })
		}),
		number("SumSquares", 1, func(x [][]float32) float32 { return float32(SumSquares(x[0])) }, func(x [][]float64) (float64, float64) {
			sum, _ := sumOf(len(x[0]), func(j int) float64 { return x[0][j] * x[0][j] })
			return sum, 1.01 * e * sum
		}),
		number("MaxAbs", 1, func(x [][]float32) float32 { return MaxAbs(x[0]) }, func(x [][]float64) (float64, float64) {
			most := 0.0
			for _, v := range x[0] {
				most = math.Max(most, math.Abs(v))
			}
			return most, 0
		}),
		number("LogSumExp", 1, func(x [][]float32) float32 { return LogSumExp(x[0]) }, func(x [][]float64) (float64, float64) {
			sum := 0.0
			for _, v := range x[0] {
				sum += math.Exp(v)
			}
			return math.Log(sum), (float64(len(x[0])) + 10) * e
		}),
	}
}

func rowCases() []kernelCase {
	return []kernelCase{
		{name: "Softmax", slices: 2, aliases: []int{1}, sum: true,
			run: func(x [][]float32) { n := len(x[0]); Softmax(x[0], n, x[1], n, 1, n) },
			want: func(x [][]float64, i int) (float64, float64) {
				v := 1 / sumExpAt(x[1], x[1][i])
				return v, (float64(len(x[1])) + 16) * e * v
			}},
		{name: "SoftmaxBackward", slices: 3, aliases: []int{1, 2}, sum: true,
			run: func(x [][]float32) {
				n := len(x[0])
				SoftmaxBackward(x[0], n, x[1], n, x[2], n, 1, n)
			},
			want: func(x [][]float64, i int) (float64, float64) {
				s, within := sumOf(len(x[0]), func(j int) float64 { return x[1][j] * x[2][j] })
				return x[2][i] * (x[1][i] - s), math.Abs(x[2][i]) * (within + 3*e*(math.Abs(x[1][i])+math.Abs(s)))
			}},
		{name: "LayerNorm", slices: 4, aliases: []int{1}, sum: true,
			run: func(x [][]float32) {
				if n := len(x[0]); n > 0 {
					LayerNorm(x[0], x[1], x[2], x[3], make([]float32, 1), make([]float32, 1), 1, n, 1e-5)
				}
			},
			want: func(x [][]float64, i int) (float64, float64) {
				mean, rstd := moments(x[1])
				h := (x[1][i] - mean) * rstd
				return h*x[2][i] + x[3][i], 4 * (float64(len(x[0])) + 8) * e * (rstd + math.Abs(h)) * (1 + math.Abs(x[2][i]) + math.Abs(x[3][i]))
			}},
		{name: "LayerNormBackward", slices: 6, aliases: []int{1, 2}, sum: true, outputs: []int{0, 4, 5},
			run: func(x [][]float32) {
				n := len(x[0])
				if n == 0 {
					return
				}
				wide := make([]float64, n)
				for i, v := range x[2] {
					wide[i] = float64(v)
				}
				mean, rstd := moments(wide)
				LayerNormBackward(x[0], x[1], x[2], x[3], []float32{float32(mean)}, []float32{float32(rstd)}, x[4], x[5], 1, n)
			},
			want: func(x [][]float64, i int) (float64, float64) {
				n := float64(len(x[0]))
				mean, rstd := moments(x[2])
				hat := func(j int) float64 { return (x[2][j] - mean) * rstd }
				s, off := sumOf(len(x[0]), func(j int) float64 { return x[1][j] * x[3][j] })
				r, more := sumOf(len(x[0]), func(j int) float64 { return x[1][j] * x[3][j] * hat(j) })
				v := rstd * (x[1][i]*x[3][i] - s/n - hat(i)*r/n)
				return v, 4*rstd*(off/n+math.Abs(hat(i))*more/n) + 16*e*rstd*(1+rstd)*(1+math.Abs(x[1][i]*x[3][i])+math.Abs(s/n)+math.Abs(hat(i)*r/n))
			}},
	}
}

// sumExpAt is Σ e^(x-at).
func sumExpAt(x []float64, at float64) (sum float64) {
	for _, v := range x {
		sum += math.Exp(v - at)
	}
	return sum
}

func moments(x []float64) (mean, rstd float64) {
	var v float64
	for _, f := range x {
		mean += f / float64(len(x))
	}
	for _, f := range x {
		v += (f - mean) * (f - mean) / float64(len(x))
	}
	return mean, 1 / math.Sqrt(v+1e-5)
}

// stepCases are the optimizers; slice 0 holds the weights, 1 the gradients,
// the last one is made positive where it is a sum of squares.
func stepCases() []kernelCase {
	square := func(x []float32) {
		for i, v := range x {
			x[i] = v * v
		}
	}
	adam := AdamStep{LearningRate: 0.01, Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-6, WeightDecay: 0.1, GradScale: 0.5, Step: 3}
	return []kernelCase{
		{name: "AdamW", slices: 4, plain: true, outputs: []int{0, 2, 3}, run: func(x [][]float32) { square(x[3]); AdamW(x[0], x[1], x[2], x[3], adam) },
			want: func(x [][]float64, i int) (float64, float64) {
				w := x[0][i]
				return adamWant(w*(1-0.01*0.1), 0.5*x[1][i], x[2][i], x[3][i]*x[3][i], w)
			}},
		{name: "Adam", slices: 4, plain: true, outputs: []int{0, 2, 3}, run: func(x [][]float32) { square(x[3]); Adam(x[0], x[1], x[2], x[3], adam) },
			want: func(x [][]float64, i int) (float64, float64) {
				w := x[0][i]
				return adamWant(w, 0.5*x[1][i]+0.1*w, x[2][i], x[3][i]*x[3][i], w)
			}},
		{name: "SGDMomentum", slices: 3, plain: true, outputs: []int{0, 2},
			run: func(x [][]float32) {
				SGDMomentum(x[0], x[1], x[2], MomentumStep{LearningRate: 0.1, Momentum: 0.9, WeightDecay: 0.01, GradScale: 2})
			},
			want: func(x [][]float64, i int) (float64, float64) {
				u := 0.9*x[2][i] + 2*x[1][i] + 0.01*x[0][i]
				return x[0][i] - 0.1*u, 12 * e * (math.Abs(x[0][i]) + math.Abs(x[1][i]) + math.Abs(x[2][i]))
			}},
		{name: "Nesterov", slices: 3, plain: true, outputs: []int{0, 2},
			run: func(x [][]float32) {
				SGDMomentum(x[0], x[1], x[2], MomentumStep{LearningRate: 0.1, Momentum: 0.9, GradScale: 1, Nesterov: true})
			},
			want: func(x [][]float64, i int) (float64, float64) {
				u := 0.9*x[2][i] + x[1][i]
				return x[0][i] - 0.1*(x[1][i]+0.9*u), 12 * e * (math.Abs(x[0][i]) + math.Abs(x[1][i]) + math.Abs(x[2][i]))
			}},
		{name: "Adagrad", slices: 3, plain: true, outputs: []int{0, 2},
			run: func(x [][]float32) {
				square(x[2])
				Adagrad(x[0], x[1], x[2], AdagradStep{LearningRate: 0.1, Epsilon: 1e-6, GradScale: 1})
			},
			want: func(x [][]float64, i int) (float64, float64) {
				g := x[1][i]
				v := x[0][i] - 0.1*g/(math.Sqrt(x[2][i]*x[2][i]+g*g)+1e-6)
				return v, 12 * e * (math.Abs(x[0][i]) + 1)
			}},
	}
}

// adamWant is one step of Adam from a decayed weight in float64.
func adamWant(decayed, g, m, v, w float64) (float64, float64) {
	m = 0.9*m + 0.1*g
	v = 0.99*v + 0.01*g*g
	move := 0.01 / (1 - math.Pow(0.9, 3)) * m / (math.Sqrt(v)/math.Sqrt(1-math.Pow(0.99, 3)) + 1e-6)
	return decayed - move, 20 * e * (math.Abs(w) + 0.05*(1+math.Abs(m))/(math.Sqrt(v)+1e-6))
}
