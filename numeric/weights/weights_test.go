package weights

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"datahall"
)

func file(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

func open(b []byte) (*File, error) { return Open(bytes.NewReader(b), int64(len(b))) }

func TestWhatIsWrittenIsRead(t *testing.T) {
	w := &Writer{Metadata: map[string]string{"format": "pt"}}
	want := map[string][]float32{"b.weight": {1, -2, 0.5, float32(math.Inf(1)), 0, 1e-40}, "a.bias": {3}, "empty": {}}
	shapes := map[string][]int{"b.weight": {2, 3}, "a.bias": {1}, "empty": {0, 4}}
	for name, data := range want {
		if err := w.Float32(name, shapes[name], data); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if n, err := w.WriteTo(&out); err != nil || n != int64(out.Len()) {
		t.Fatal(n, err)
	}
	f, err := open(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range want {
		got := make([]float32, len(data))
		if err := f.Float32(name, got); err != nil {
			t.Fatal(err)
		}
		for i := range data {
			if got[i] != data[i] {
				t.Errorf("%s[%d] = %v, want %v", name, i, got[i], data[i])
			}
		}
	}
	if f.Metadata["format"] != "pt" {
		t.Errorf("metadata %v", f.Metadata)
	}
}

func TestHostileHeadersAreRefused(t *testing.T) {
	const ok = `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`
	if _, err := open(file(ok, 8)); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"no bytes":               nil,
		"seven bytes":            make([]byte, 7),
		"header beyond the file": binary.LittleEndian.AppendUint64(nil, 1000),
		"header beyond limits":   binary.LittleEndian.AppendUint64(nil, 1<<60),
		"cut data":               file(ok, 7),
		"something behind":       file(ok, 9),
		"no JSON":                file(`{"a":`, 0),
		"a list":                 file(`[]`, 0),
		"something after JSON":   file(ok+"x", 8),
		"twice":                  file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8),
		"a field twice":          file(`{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}`, 8),
		"metadata twice":         file(`{"__metadata__":{"x":"1","x":"2"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8),
		"overlap":                file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12),
		"hole":                   file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12),
		"unknown type":           file(`{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,8]}}`, 8),
		"shape and size":         file(`{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, 8),
		"overflow":               file(`{"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,0]}}`, 0),
		"negative":               file(`{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}`, 8),
		"backwards":              file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}`, 8),
		"a fraction":             file(`{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,10]}}`, 10),
		"too many dimensions":    file(`{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}`, 4),
		"unknown field":          file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}`, 8),
		"nesting":                file(`{"a":`+strings.Repeat("[", 100000), 0),
	} {
		if _, err := open(b); datahall.KindOf(err) != datahall.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOtherTypesAreWidened(t *testing.T) {
	header := `{"h":{"dtype":"F16","shape":[6],"data_offsets":[0,12]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]},"i":{"dtype":"I64","shape":[1],"data_offsets":[16,24]},"u":{"dtype":"U8","shape":[1],"data_offsets":[24,25]}}`
	b := file(header, 25)
	data := b[len(b)-25:]
	for i, h := range []uint16{0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555, 0x8000} {
		binary.LittleEndian.PutUint16(data[2*i:], h)
	}
	binary.LittleEndian.PutUint16(data[12:], 0x3fc0)
	binary.LittleEndian.PutUint16(data[14:], 0xbf80)
	binary.LittleEndian.PutUint64(data[16:], math.MaxUint64)
	data[24] = 200
	f, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]float32{"h": {1, -2, 1.0 / (1 << 24), float32(math.Inf(1)), 0.333251953125, float32(math.Copysign(0, -1))}, "b": {1.5, -1}, "i": {-1}, "u": {200}} {
		got := make([]float32, len(want))
		if err := f.Float32(name, got); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s[%d] = %v, want %v", name, i, got[i], want[i])
			}
		}
	}
}

func FuzzOpenIsBounded(f *testing.F) {
	f.Add(file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	f.Add(file(`{"__metadata__":{"a":"b"}}`, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := open(b)
		if err != nil {
			return
		}
		total := int64(0)
		for _, name := range file.Names() {
			info, _ := file.Info(name)
			total += info.end - info.begin
			if int64(info.Elements())*sizes[info.DType] != info.end-info.begin {
				t.Fatalf("%s: shape and size differ", name)
			}
		}
		if total > int64(len(b)) {
			t.Fatalf("tensors of %d bytes in a file of %d", total, len(b))
		}
	})
}
