package kernel

import "fmt"

// sameLength panics unless every length is n.
func sameLength(what string, n int, lengths ...int) {
	for _, l := range lengths {
		if l != n {
			panic(fmt.Sprintf("kernel: %s: slices of %d and %d elements, want the same length", what, n, l))
		}
	}
}

// fits panics unless a matrix of rows×cols with rows ld apart lies in length elements.
func fits(what string, length, rows, cols, ld int) {
	switch {
	case rows < 0 || cols < 0:
		panic(fmt.Sprintf("kernel: %s: shape (%d, %d) is negative", what, rows, cols))
	case rows > 1 && ld < cols:
		panic(fmt.Sprintf("kernel: %s: rows of %d columns are only %d apart", what, cols, ld))
	case rows > 0 && cols > 0 && (rows-1)*ld+cols > length:
		panic(fmt.Sprintf("kernel: %s: shape (%d, %d) with rows %d apart needs %d elements, has %d", what, rows, cols, ld, (rows-1)*ld+cols, length))
	}
}

// row gives row i of a matrix with cols columns and rows ld apart.
func row(x []float32, i, ld, cols int) []float32 { return x[i*ld : i*ld+cols] }
