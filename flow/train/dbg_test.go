package train

import (
	"context"
	"io"
	"os"
	"testing"
	"time"

	"datahall"
	"datahall/models/shop"
	"datahall/numeric/kernel"
)

func TestDbg(t *testing.T) {
	if l := os.Getenv("LEVEL"); l != "" {
		if err := kernel.Use(kernel.Level(l)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := Run(context.Background(), Task{Spec: datahall.TrainSpec{Name: "x", Base: "scratch:tiny", Task: "classify", Epochs: 4, Seed: 1, Optimizer: os.Getenv("OPT")}, Rows: shop.Rows(), Threads: 2, Now: time.Now,
		Stage: func(m datahall.Message, _ float64, _ string) {}, Advance: func(float64) {}, Measure: func(...datahall.Point) {},
		Log: func(s string) { t.Log(s) }, Save: func(func(io.Writer) error) error { return nil }, Restore: func() (io.ReadCloser, error) { return nil, nil },
		Create: func(string) (io.WriteCloser, error) { return nopc{io.Discard}, nil }})
	if err != nil {
		t.Fatal(err)
	}
}

type nopc struct{ io.Writer }

func (nopc) Close() error { return nil }
