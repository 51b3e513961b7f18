package kernel

// goSet is the twins.
var goSet = set{
	level: Go, lanes: 4, nr: 4, mr: 4,
	add: addGo, sub: subGo, mul: mulGo, scale: scaleGo, axpy: axpyGo,
	dot: dotGo, sum: sumGo, sumSquares: sumSquaresGo, maxAbs: maxAbsGo, max: maxGo,
	exp: expGo, gelu: geluGo, tanh: tanhGo, relu: reluGo,
	geluBackward: geluBackwardGo, tanhBackward: tanhBackwardGo, reluBackward: reluBackwardGo,
	softmax: softmaxGo, softmaxBackward: softmaxBackwardGo, expSum: expSumGo, sumExp: sumExpGo,
	norm: normGo, normBackward: normBackwardGo,
	adam: adamGo, momentum: momentumGo, adagrad: adagradGo,
	dropout: dropoutGo,
	pack:    packGo, packTiles: packTilesGo,
	peak: peakGo,
}
