package train

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"datahall"
)

// The README of a folder shows how to use it in Python. This runs what it
// shows, and compares the scores with ours.
func TestTheReadmesPythonGivesTheSameScores(t *testing.T) {
	python := os.Getenv("DATAHALL_PYTHON")
	if python == "" {
		t.Skip("DATAHALL_PYTHON names no Python with torch and transformers")
	}
	rows := questions(90, 1)
	for i := range rows {
		rows[i].Labels = []string{rows[i].Label}
	}
	for _, c := range []struct{ base, task string }{
		{"scratch:tiny", "classify"}, {"scratch:tiny", "multilabel"}, {"scratch:tiny", "regress"},
		{"sentences", "classify"}, {"sentences", "multilabel"}, {"sentences", "regress"}, {"plain", "classify"},
	} {
		spec := small(c.base)
		spec.Task, spec.LearningRate = c.task, 1e-3
		d := &desk{}
		task := d.task(spec, rows, nil)
		if c.base != "scratch:tiny" {
			task.Base = baseFolder(t, c.base == "plain")
		}
		run(t, task)
		m, scores := answersOf(t, d, rows[:1])
		got := map[string]float64{}
		out := readme(t, python, d, rows[0].Text)
		if err := json.Unmarshal([]byte(strings.ReplaceAll(out, "'", `"`)), &got); err != nil {
			t.Fatalf("%v: %v: %s", c, err, out)
		}
		p := datahall.NewPrediction(rows[0].Text, m.Info().Task, m.Info().Labels, scores[0])
		for label, want := range p.Scores {
			if v, ok := got[label]; !ok || math.Abs(v-want) > 1e-4*max(1, math.Abs(want)) {
				t.Errorf("%v: %s is %v in Python, %v here", c, label, got, p.Scores)
			}
		}
		t.Logf("%v: Python %v, here %v", c, got, p.Scores)
	}
}

// readme runs the Python of a folder's README on a text, and gives the last line it prints.
func readme(t *testing.T, python string, d *desk, text string) string {
	t.Helper()
	folder := t.TempDir()
	for name, b := range d.files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, code, _ := strings.Cut(string(d.files["README.md"]), "```python\n")
	code, _, _ = strings.Cut(code, "```")
	code = strings.NewReplacer("THIS FOLDER", folder, "YOUR TEXT", text).Replace(code)
	c := exec.Command(python, "-c", code)
	c.Env = append(os.Environ(), "HF_HUB_OFFLINE=1", "TRANSFORMERS_VERBOSITY=error")
	out, err := c.Output()
	if err != nil {
		var stderr []byte
		if e, ok := err.(*exec.ExitError); ok {
			stderr = e.Stderr
		}
		t.Fatalf("%v\n%s\n%s", err, code, stderr)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
