package kernel

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"
)

// peak is measured once by level, in the same run as what is compared with it.
var peaks sync.Map

// report prints GFLOP/s and the share of the peak of one core.
func report(b *testing.B, flops float64, elapsed time.Duration, threads int) {
	p, ok := peaks.Load(Current())
	if !ok {
		p = MeasurePeak(time.Now)
		peaks.Store(Current(), p)
		fmt.Fprintf(os.Stderr, "machine: %s %v; level %s; peak of one core %.0f GFLOP/s\n", Machine().Name, Machine().Features, Current(), p)
	}
	rate := flops * float64(b.N) / float64(elapsed.Nanoseconds())
	b.ReportMetric(rate, "GFLOP/s")
	b.ReportMetric(100*rate/float64(p.(Peak))/float64(threads), "%peak")
	b.ReportMetric(0, "ns/op")
}

// timed runs f b.N times and reports the best run, since the machine may be
// shared: computing time for one thread, the clock for several.
func timed(b *testing.B, flops float64, threads int, f func()) {
	f()
	var best time.Duration
	for b.Loop() {
		if d := took(threads, f); best == 0 || d < best {
			best = d
		}
	}
	report(b, flops, best*time.Duration(b.N), threads)
}

func took(threads int, f func()) time.Duration {
	if threads > 1 {
		begin := time.Now()
		f()
		return time.Since(begin)
	}
	begin := threadTime()
	f()
	return threadTime() - begin
}

func eachLevel(b *testing.B, f func(b *testing.B)) {
	before := Current()
	defer Use(before)
	for _, l := range Available() {
		b.Run(string(l), func(b *testing.B) {
			if err := Use(l); err != nil {
				b.Fatal(err)
			}
			f(b)
		})
	}
}

func BenchmarkMatMul(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	eachLevel(b, func(b *testing.B) {
		for _, d := range []struct{ m, n, k int }{
			{1024, 384, 384}, {1024, 1536, 384}, {1024, 384, 1536}, {2048, 768, 768}, {2048, 3072, 768}, {2048, 768, 3072},
			{1, 384, 384}, {14, 384, 384}, {14, 1536, 384}, {250, 384, 384},
		} {
			for _, threads := range []int{1, 2} {
				if Current() == Go && d.m*d.n*d.k > 1024*384*384 {
					continue
				}
				b.Run(fmt.Sprintf("%dx%dx%d/threads=%d", d.m, d.n, d.k, threads), func(b *testing.B) {
					a, w, c := random(r, d.m*d.k), random(r, d.n*d.k), make([]float32, d.m*d.n)
					pool := NewPool(threads)
					defer pool.Close()
					var p Packed
					p.Pack(pool, w, d.k, d.n, d.k, true)
					timed(b, 2*float64(d.m)*float64(d.n)*float64(d.k), threads, func() {
						MatMul(pool, c, d.n, a, d.k, d.m, &p, Epilogue{})
					})
				})
			}
		}
	})
}

func BenchmarkMatMulTA(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	eachLevel(b, func(b *testing.B) {
		for _, d := range []struct{ m, n, k int }{{384, 384, 2048}, {1536, 384, 2048}, {384, 1536, 2048}, {768, 768, 2048}, {3072, 768, 1024}, {384, 384, 250}} {
			if Current() == Go && d.m*d.n*d.k > 384*384*2048 {
				continue
			}
			b.Run(fmt.Sprintf("%dx%dx%d", d.m, d.n, d.k), func(b *testing.B) {
				x, y, c := random(r, d.m*d.k), random(r, d.n*d.k), make([]float32, d.m*d.n)
				timed(b, 2*float64(d.m)*float64(d.n)*float64(d.k), 1, func() {
					MatMulTA(nil, c, d.n, x, d.m, d.k, d.m, y, d.n, d.n, true)
				})
			})
		}
	})
}

func BenchmarkMatMulSmall(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	eachLevel(b, func(b *testing.B) {
		for _, d := range []struct{ l, k int }{{8, 32}, {14, 32}, {16, 32}, {30, 32}, {64, 32}, {128, 32}, {128, 64}, {512, 64}} {
			const ld = 384
			q, k := random(r, d.l*ld), random(r, d.l*ld)
			p, c := random(r, d.l*d.l), make([]float32, d.l*max(d.l, ld))
			flops := 2 * float64(d.l) * float64(d.l) * float64(d.k)
			times := int(max(1, 4e6/flops)) // a clock reading costs as much as the smallest product
			run := func(name string, f func()) {
				b.Run(fmt.Sprintf("%s/%dx%d", name, d.l, d.k), func(b *testing.B) {
					timed(b, float64(times)*flops, 1, func() {
						for range times {
							f()
						}
					})
				})
			}
			run("NT", func() { MatMulSmallNT(c, d.l, q, ld, k, ld, d.l, d.l, d.k, 0.1, false) })
			run("NN", func() { MatMulSmallNN(c, ld, p, d.l, k, ld, d.l, d.k, d.l, 1, false) })
			run("TN", func() { MatMulSmallTN(c, ld, p, d.l, k, ld, d.l, d.k, d.l, 1, true) })
		}
	})
}

func BenchmarkVector(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	const rows, cols = 64, 384
	x, y, z, w := random(r, rows*cols), random(r, rows*cols), random(r, rows*cols), make([]float32, rows*cols)
	gamma, beta, dgamma, dbeta := random(r, cols), random(r, cols), random(r, cols), random(r, cols)
	mean, rstd := make([]float32, rows), make([]float32, rows)
	v := make([]float32, rows*cols)
	step := AdamStep{LearningRate: 1e-9, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, WeightDecay: 0.01, GradScale: 1, Step: 3}
	eachLevel(b, func(b *testing.B) {
		for _, k := range []struct {
			name string
			f    func()
		}{
			{"Add", func() { Add(w, x, y) }},
			{"AXPY", func() { AXPY(w, 1e-9, x) }},
			{"Dot", func() { Dot(x, y) }},
			{"SumSquares", func() { SumSquares(x) }},
			{"Exp", func() { Exp(w, x) }},
			{"GELU", func() { GELU(w, x) }},
			{"GELUBackward", func() { GELUBackward(w, y, x) }},
			{"Tanh", func() { Tanh(w, x) }},
			{"Softmax384", func() { Softmax(w, cols, x, cols, rows, cols) }},
			{"Softmax16", func() { Softmax(w, 16, x, 16, rows*cols/16, 16) }},
			{"Softmax14", func() { Softmax(w, 14, x, 14, rows*cols/14, 14) }},
			{"SoftmaxBackward16", func() { SoftmaxBackward(w, 16, x, 16, y, 16, rows*cols/16, 16) }},
			{"LayerNorm", func() { LayerNorm(w, x, gamma, beta, mean, rstd, rows, cols, 1e-12) }},
			{"LayerNormBackward", func() { LayerNormBackward(w, y, x, gamma, mean, rstd, dgamma, dbeta, rows, cols) }},
			{"AdamW", func() { AdamW(z, y, w, v, step) }},
			{"Dropout", func() { Dropout(w, x, 1, 0, 0.1) }},
		} {
			b.Run(k.name, func(b *testing.B) {
				clear(w)
				clear(v)
				k.f()
				var best time.Duration
				for b.Loop() {
					if d := took(1, k.f); best == 0 || d < best {
						best = d
					}
				}
				b.ReportMetric(float64(best.Nanoseconds())/(rows*cols), "ns/element")
				b.ReportMetric(0, "ns/op")
			})
		}
	})
}
