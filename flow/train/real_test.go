package train

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"datahall"
	"datahall/models/shop"
)

// The runs of this file take from half a minute to hours and print what the
// README claims. Each runs where DATAHALL_REAL names it: shop, banking77,
// minilm, tenshot, waimai, cic, or all.
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

func TestShop(t *testing.T) {
	opted(t, "shop")
	d := &desk{}
	trained := run(t, d.real(t, override(t, datahall.TrainSpec{Name: "shop", Base: "scratch:tiny", Task: "classify", Seed: 1}), shop.Rows(), nil))
	t.Logf("accuracy %.4f macro F1 %.4f; %d steps in %.1f s, %.0f tokens/s", trained.Model.Accuracy, trained.Model.MacroF1, trained.Steps, trained.Seconds, trained.TokensPerSecond)
}
