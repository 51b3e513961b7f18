//go:build amd64 && !purego

package kernel

import (
	"slices"

	"golang.org/x/sys/cpu"
)

var avx2Set = set{
	level: AVX2, lanes: 8, nr: 16, mr: 6,
	add: addAVX2, sub: subAVX2, mul: mulAVX2, scale: scaleAVX2, axpy: axpyAVX2,
	dot: dotAVX2, sum: sumAVX2, sumSquares: sumSquaresAVX2, maxAbs: maxAbsAVX2, max: maxAVX2,
	exp: expAVX2, gelu: geluAVX2, tanh: tanhAVX2, relu: reluAVX2,
	geluBackward: geluBackwardAVX2, tanhBackward: tanhBackwardAVX2, reluBackward: reluBackwardAVX2,
	softmax: softmaxAVX2, softmaxBackward: softmaxBackwardAVX2, expSum: expSumAVX2, sumExp: sumExpAVX2,
	norm: normAVX2, normBackward: normBackwardAVX2,
	adam: adamAVX2, momentum: momentumAVX2, adagrad: adagradAVX2,
	dropout: dropoutAVX2,
	pack:    packAVX2, packTiles: packTilesAVX2, packTransposed: packTransposedAVX2,
	peak: peakAVX2,
}

var avx512Set = set{
	level: AVX512, lanes: 16, nr: 32, mr: 12,
	add: addAVX512, sub: subAVX512, mul: mulAVX512, scale: scaleAVX512, axpy: axpyAVX512,
	dot: dotAVX512, sum: sumAVX512, sumSquares: sumSquaresAVX512, maxAbs: maxAbsAVX512, max: maxAVX512,
	exp: expAVX512, gelu: geluAVX512, tanh: tanhAVX512, relu: reluAVX512,
	geluBackward: geluBackwardAVX512, tanhBackward: tanhBackwardAVX512, reluBackward: reluBackwardAVX512,
	softmax: softmaxAVX512, softmaxBackward: softmaxBackwardAVX512, expSum: expSumAVX512, sumExp: sumExpAVX512,
	norm: normAVX512, normBackward: normBackwardAVX512,
	adam: adamAVX512, momentum: momentumAVX512, adagrad: adagradAVX512,
	dropout: dropoutAVX512,
	pack:    packAVX512, packTiles: packTilesAVX512, packTransposed: packTransposedAVX512,
	peak: peakAVX512,
}

func init() {
	list := sets()
	current = list[len(list)-1]
}

// sets are those that this processor and its operating system can run.
func sets() []*set {
	list := []*set{&goSet}
	if x := &cpu.X86; x.HasAVX2 && x.HasFMA {
		list = append(list, &avx2Set)
		if x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL {
			list = append(list, &avx512Set)
		}
	}
	return list
}

// gemm runs the inner kernel of a set. It calls by name, so that arguments
// stay on the stack.
func gemm(s *set, p *gemmArgs) {
	switch {
	case s == &avx512Set:
		gemmAVX512(p)
	case s == &avx2Set:
		gemmAVX2(p)
	case s.gemm != nil:
		q := *p
		s.gemm(&q)
	default:
		gemmGo(p)
	}
}

var machine = CPU{Name: brand(), Features: features()}

// features are those that decide, or will decide, which kernels run.
func features() []string {
	x := &cpu.X86
	var list []string
	for _, f := range []struct {
		name string
		has  bool
	}{
		{"avx2", x.HasAVX2}, {"fma", x.HasFMA}, {"avx512f", x.HasAVX512F}, {"avx512bw", x.HasAVX512BW},
		{"avx512dq", x.HasAVX512DQ}, {"avx512vl", x.HasAVX512VL}, {"avx512_vnni", x.HasAVX512VNNI},
		{"avx512_bf16", x.HasAVX512BF16}, {"avx_vnni", x.HasAVXVNNI}, {"amx_tile", x.HasAMXTile},
		{"amx_bf16", x.HasAMXBF16}, {"amx_int8", x.HasAMXInt8},
	} {
		if f.has {
			list = append(list, f.name)
		}
	}
	return slices.Clip(list)
}
