package data

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// sampleCSV makes n rows of Chinese and English questions, all different.
func sampleCSV(n int) []byte {
	var b bytes.Buffer
	b.WriteString("text,label\n")
	for i := range n {
		if i%2 == 0 {
			fmt.Fprintf(&b, "\"我买的第%d件衣服还没有到，请问，什么时候能发货？麻烦查一下快递。\",物流%d\n", i, i%30)
		} else {
			fmt.Fprintf(&b, "Where is my order number %d? It has been two weeks since I paid for it and nobody answers.,shipping %d\n", i, i%30)
		}
	}
	return b.Bytes()
}

func BenchmarkRead(b *testing.B) {
	csv := sampleCSV(100_000)
	table, err := Read(bytes.NewReader(csv), Options{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	files := map[string][]byte{"csv": csv}
	for _, format := range Formats[1:] {
		var w bytes.Buffer
		if err := Export(&w, table.Rows, format); err != nil {
			b.Fatal(err)
		}
		files[format] = w.Bytes()
	}
	for _, format := range Formats {
		b.Run(format, func(b *testing.B) {
			b.SetBytes(int64(len(files[format])))
			for b.Loop() {
				if _, err := Read(bytes.NewReader(files[format]), Options{}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNormalise(b *testing.B) {
	for name, text := range map[string]string{
		"ascii":   strings.Repeat("Where is My order? It has been two weeks. ", 5),
		"chinese": strings.Repeat("我买的衣服还没有到，请问，什么时候能发货？", 5),
		"other":   strings.Repeat("Où est ma commande… ça fait déjà deux semaines ", 5),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Normalise(text)
			}
		})
	}
}
