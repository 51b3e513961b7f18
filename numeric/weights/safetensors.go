package weights

import (
	"encoding/binary"
	"io"
	"math"
	"slices"

	"datahall"
)

// The bounds of what is read.
const (
	maxHeader  = 16 << 20 // bytes of a header; the format allows 100 MB
	maxTensors = 100_000
	maxDims    = 8
)

// DType is the type of a tensor's numbers.
type DType string

// sizes gives the bytes of a number of each type that a file may hold.
var sizes = map[DType]int64{"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1,
	"U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1}

// Tensor is what a file says of a tensor.
type Tensor struct {
	Name       string
	DType      DType
	Shape      []int
	begin, end int64 // within the file's data
}

// Elements is how many numbers the tensor has.
func (t Tensor) Elements() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// File is an opened safetensors file. It is safe for concurrent use where its
// reader is.
type File struct {
	Metadata map[string]string
	reader   io.ReaderAt
	data     int64 // where tensors begin
	tensors  map[string]Tensor
	names    []string // in order of their bytes
}

// Open checks the header of a file of a size. What is wrong with it is an
// Invalid error that names the fact; nothing was allocated for it.
func Open(r io.ReaderAt, size int64) (*File, error) {
	var prefix [8]byte
	if size < 8 {
		return nil, bad("it has %s bytes, fewer than a header", size)
	}
	if _, err := r.ReadAt(prefix[:], 0); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(prefix[:])
	switch {
	case string(prefix[:]) == "version ": // how a pointer of git LFS begins
		return nil, datahall.Errorf(datahall.Invalid, "weights: the file is a pointer of git LFS in place of the weights; run git lfs pull where it came from, or download the file itself")
	case n > maxHeader:
		return nil, bad("its header claims %s bytes, at most %s are read", n, maxHeader)
	case int64(n) > size-8:
		return nil, bad("its header claims %s bytes, only %s are there: the file is cut off", n, size-8)
	}
	header := make([]byte, n)
	if _, err := r.ReadAt(header, 8); err != nil {
		return nil, err
	}
	f := &File{reader: r, data: 8 + int64(n), tensors: map[string]Tensor{}}
	list, err := parseHeader(header, &f.Metadata)
	if err != nil {
		return nil, err
	}
	if err := covers(list, size-f.data); err != nil {
		return nil, err
	}
	for _, t := range list {
		f.tensors[t.Name] = t
		f.names = append(f.names, t.Name)
	}
	return f, nil
}

// bad is an error about a file; fact is a constant pattern as of datahall.Say.
func bad(fact string, args ...any) error {
	return datahall.Errorf(datahall.Invalid, "weights: not a sound safetensors file (%s); download or export it again", datahall.Say(fact, args...))
}

// covers sorts the tensors by place and checks that they fill the data exactly.
func covers(list []Tensor, size int64) error {
	slices.SortFunc(list, func(a, b Tensor) int {
		switch {
		case a.begin != b.begin:
			return int(min(max(a.begin-b.begin, -1), 1))
		case a.end != b.end:
			return int(min(max(a.end-b.end, -1), 1))
		}
		return slices.Compare([]byte(a.Name), []byte(b.Name))
	})
	at := int64(0)
	for _, t := range list {
		if t.begin != at {
			return bad("tensor %q begins at byte %s where %s is due: a hole or an overlap", short(t.Name), t.begin, at)
		}
		at = t.end
	}
	if at != size {
		return bad("its tensors end at byte %s of %s: the file is cut off or has something behind it", at, size)
	}
	return nil
}

// Names lists the tensors in the order of their bytes.
func (f *File) Names() []string { return slices.Clone(f.names) }

// Info finds a tensor.
func (f *File) Info(name string) (Tensor, bool) {
	t, ok := f.tensors[name]
	return t, ok
}

// Shape gives the shape of a tensor, and whether there is one of that name.
func (f *File) Shape(name string) ([]int, bool) {
	t, ok := f.tensors[name]
	return t.Shape, ok
}

// chunk is how many bytes are read at a time.
const chunk = 1 << 20

// Float32 reads a tensor into dst, which must have its number of elements,
// rounding or widening other types of numbers.
func (f *File) Float32(name string, dst []float32) error {
	t, ok := f.tensors[name]
	if !ok {
		return datahall.Errorf(datahall.Invalid, "weights: tensor %q is missing; take a complete file", short(name))
	}
	if t.Elements() != len(dst) {
		return datahall.Errorf(datahall.Invalid, "weights: tensor %q has %s numbers, %s are wanted; the configuration belongs to another file", short(name), t.Elements(), len(dst))
	}
	size := sizes[t.DType]
	buf := make([]byte, min(chunk, t.end-t.begin))
	for at := t.begin; at < t.end; {
		n := min(int64(len(buf)), t.end-at)
		if _, err := f.reader.ReadAt(buf[:n], f.data+at); err != nil && err != io.EOF {
			return err
		}
		convert(dst[(at-t.begin)/size:], buf[:n], t.DType)
		at += n
	}
	return nil
}

// Reader gives the raw little-endian bytes of a tensor.
func (f *File) Reader(name string) (*io.SectionReader, bool) {
	t, ok := f.tensors[name]
	return io.NewSectionReader(f.reader, f.data+t.begin, t.end-t.begin), ok
}

// convert turns raw numbers into float32; long because it has a case for each type.
func convert(dst []float32, b []byte, d DType) {
	le := binary.LittleEndian
	size := int(sizes[d])
	for i := range len(b) / size {
		p := b[i*size:]
		switch d {
		case "F32":
			dst[i] = math.Float32frombits(le.Uint32(p))
		case "F64":
			dst[i] = float32(math.Float64frombits(le.Uint64(p)))
		case "F16":
			dst[i] = half(le.Uint16(p))
		case "BF16":
			dst[i] = math.Float32frombits(uint32(le.Uint16(p)) << 16)
		case "I64":
			dst[i] = float32(int64(le.Uint64(p)))
		case "U64":
			dst[i] = float32(le.Uint64(p))
		case "I32":
			dst[i] = float32(int32(le.Uint32(p)))
		case "U32":
			dst[i] = float32(le.Uint32(p))
		case "I16":
			dst[i] = float32(int16(le.Uint16(p)))
		case "U16":
			dst[i] = float32(le.Uint16(p))
		case "I8":
			dst[i] = float32(int8(p[0]))
		default: // U8 and BOOL
			dst[i] = float32(p[0])
		}
	}
}

// half widens an IEEE 754 binary16, exactly.
func half(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, uint32(h>>10)&31, uint32(h)&1023
	switch exp {
	case 31:
		return math.Float32frombits(sign | 255<<23 | frac<<13)
	case 0:
		v := float32(frac) / (1 << 24) // subnormal: frac · 2⁻²⁴
		if sign != 0 {
			v = -v
		}
		return v
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// short keeps a hostile name from filling a screen.
func short(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
