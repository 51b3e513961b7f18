package train

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/fstest"

	"datahall"
	"datahall/numeric/transformer"
	"datahall/numeric/weights"
)

// kinds are what the tests' questions are about: a word of a kind decides.
var kinds = map[string][]string{
	"delivery": {"parcel", "courier", "late", "包裹"},
	"refund":   {"money", "refund", "returned", "退款"},
	"size":     {"small", "large", "fits", "尺码"},
}

var filler = []string{"my", "the", "order", "is", "where", "please", "help", "今天", "it", "about", "and", "still"}

// questions are rows of a language small enough to be learnt in a second:
// every text has one word of its label's kind among words that say nothing.
func questions(n int, seed uint64) []datahall.Row {
	rng := rand.New(rand.NewPCG(seed, 1))
	labels := slices.Sorted(maps.Keys(kinds))
	var rows []datahall.Row
	for i := range n {
		label := labels[i%len(labels)]
		words := []string{kinds[label][rng.IntN(4)]}
		for range 2 + rng.IntN(4) {
			words = append(words, filler[rng.IntN(len(filler))])
		}
		rng.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		text := fmt.Sprintf("%v #%d", words, i)
		value := float64(len(words)*10 + len(label))
		split := "train"
		switch i / 3 % 5 { // by rounds of the labels, so that each side has its share of each
		case 3:
			split = "validation"
		case 4:
			split = "test"
		}
		rows = append(rows, datahall.Row{Text: text, Label: label, Value: &value, Split: split, Line: i + 1})
	}
	return rows
}

// small is a training that takes a fraction of a second.
func small(base string) datahall.TrainSpec {
	return datahall.TrainSpec{Name: "small", Base: base, Task: "classify", Epochs: 3, BatchSize: 8, VocabSize: 150, Seed: 7}
}

// baseFolder is a little encoder that can read the language, as
// sentence-transformers or, where plain, transformers would save it.
func baseFolder(t testing.TB, plain bool) fs.FS {
	t.Helper()
	pretrain.Do(func() {
		spec := small("scratch:tiny")
		spec.Epochs, spec.Seed = 12, 3
		if _, err := Run(context.Background(), pretrained.task(spec, questions(150, 3), nil)); err != nil {
			t.Fatal(err)
		}
	})
	c, err := weights.ReadConfig(pretrained.folder())
	if err != nil {
		t.Fatal(err)
	}
	shape, err := transformer.ConfigOf(c)
	if err != nil {
		t.Fatal(err)
	}
	head := transformer.Head{Task: transformer.Embed, Pooling: transformer.MeanToken, Normalize: true}
	if plain {
		head = transformer.Head{Task: transformer.Embed, Pooling: transformer.Pooler}
	}
	folder := pretrained.folder()
	file := shape.File(head, nil)
	for name, b := range file.PoolingFiles() {
		folder[name] = &fstest.MapFile{Data: b}
	}
	b, err := file.JSON()
	if err != nil {
		t.Fatal(err)
	}
	folder["config.json"] = &fstest.MapFile{Data: b}
	return folder
}

var (
	pretrain   sync.Once
	pretrained desk
)
