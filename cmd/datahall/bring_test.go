package main

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"datahall"
	"datahall/numeric/tokenizer"
	"datahall/numeric/transformer"
	"datahall/numeric/weights"
)

// tinyBert is the folder of a small classifier, as transformers would save it.
func tinyBert(t *testing.T) map[string][]byte {
	t.Helper()
	words, err := tokenizer.Train(slices.Values([]string{"where is my parcel", "refund my money", "我的 包裹 在 哪里"}), tokenizer.Options{Size: 60})
	if err != nil {
		t.Fatal(err)
	}
	c, err := transformer.Sized("tiny", words.Size())
	if err != nil {
		t.Fatal(err)
	}
	head := transformer.Head{Task: transformer.Classify, Pooling: transformer.Pooler, Outputs: 2}
	bert, err := transformer.New(c, head, nil, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	var w weights.Writer
	if err := bert.Save(&w); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	config, err := c.File(head, []string{"delivery", "退款"}).JSON()
	if err != nil {
		t.Fatal(err)
	}
	files := words.Files()
	files["config.json"], files["model.safetensors"] = config, b.Bytes()
	files["README.md"] = []byte("# tiny canary card\n")
	return files
}

// importModel uploads a folder's files and sees them become a model.
func (h *testHall) importModel(name string, files map[string][]byte) datahall.Job {
	h.t.Helper()
	spec := datahall.ModelImportSpec{Name: name, Source: "tiny", Files: map[string]datahall.Blob{}}
	for file, content := range files {
		spec.Files[file] = h.upload(string(content))
	}
	return h.follow("model-import", spec)
}

// sameModel fails where a model has not exactly these files.
func (h *testHall) sameModel(ref string, files map[string][]byte) datahall.Model {
	h.t.Helper()
	m, err := h.Model(h.t.Context(), ref)
	if err != nil {
		h.t.Fatal(err)
	}
	if len(m.Files) != len(files) {
		h.t.Errorf("%s has %d files, want %d", ref, len(m.Files), len(files))
	}
	for name, content := range files {
		if got := h.read(h.ModelFile(h.t.Context(), ref, name)); got != string(content) {
			h.t.Errorf("%s: %s has changed, %d bytes of %d", ref, name, len(got), len(content))
		}
	}
	return m
}

func TestAFolderBecomesAModelAndAFolderAgain(t *testing.T) {
	h := newHall(t)
	files := tinyBert(t)
	brought := map[string][]byte{"pytorch_model.bin": []byte("\x80pickle"), "modeling.py": []byte("import os")}
	for name, content := range files {
		brought[name] = content
	}
	job := h.importModel("tiny", brought)
	if job.State != datahall.Done {
		t.Fatalf("job is %s: %s", job.State, job.Reason)
	}
	m := h.sameModel("tiny", files)
	if m.Version != 1 || m.Family != "bert" || m.Task != "classify" || !slices.Equal(m.Labels, []string{"delivery", "退款"}) ||
		m.Parameters < 100_000 || len(m.Digest) != 64 || m.Card["source"] != "tiny" || m.Card["pooling"] != "pooler" || m.Usage.CPUSeconds <= 0 {
		t.Errorf("got %+v", m)
	}
	again := h.importModel("tiny", brought)
	if m2 := h.sameModel("tiny", files); again.State != datahall.Done || m2.Digest != m.Digest {
		t.Errorf("the same folder has digest %s, had %s", m2.Digest, m.Digest)
	}
	h.noScratch()
	h.noPlainBytes("canary card")
}

func TestABadFolderBecomesNoModel(t *testing.T) {
	h := newHall(t)
	for name, c := range map[string]struct {
		change func(map[string][]byte)
		want   string
	}{
		"no config": {func(f map[string][]byte) { delete(f, "config.json") }, "no config.json"},
		"pickle": {func(f map[string][]byte) {
			f["pytorch_model.bin"] = f["model.safetensors"]
			delete(f, "model.safetensors")
		}, "safe_serialization"},
		"cut":            {func(f map[string][]byte) { f["model.safetensors"] = f["model.safetensors"][:100_000] }, "cut off"},
		"hostile header": {func(f map[string][]byte) { f["model.safetensors"] = []byte("\xff\xff\xff\xff\xff\xff\xff\x7f{}") }, "header claims"},
		"vocabulary": {func(f map[string][]byte) {
			f["config.json"] = regexp.MustCompile(`"vocab_size": \d+`).ReplaceAll(f["config.json"], []byte(`"vocab_size": 30522`))
		}, "word_embeddings"},
	} {
		files := tinyBert(t)
		c.change(files)
		job := h.importModel("bad", files)
		if job.State != datahall.Failed || !strings.Contains(job.Reason.String(), c.want) {
			t.Errorf("%s: %s %q", name, job.State, job.Reason)
		}
	}
	if all, err := h.Models(t.Context(), "", 0); err != nil || len(all) != 0 {
		t.Errorf("got %d models, %v", len(all), err)
	}
	_, err := h.Submit(t.Context(), "model-import", "", datahall.ModelImportSpec{Name: "bad", Files: map[string]datahall.Blob{"../../config.json": h.upload("{}")}})
	if datahall.KindOf(err) != datahall.Invalid {
		t.Errorf("a name outside of the folder: %v", err)
	}
	h.noScratch()
}

// hubOf is a hub with one repository, whose large file comes in pieces.
func hubOf(t *testing.T, files map[string][]byte, cuts int32) (url string, requests *atomic.Int32) {
	t.Helper()
	const commit = "0123456789abcdef0123456789abcdef01234567"
	var siblings []map[string]any
	for name, content := range files {
		blob := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(content), content))
		s := map[string]any{"rfilename": name, "size": len(content), "blobId": hex.EncodeToString(blob[:])}
		if strings.HasSuffix(name, ".safetensors") {
			sum := sha256.Sum256(content)
			s["lfs"] = map[string]any{"sha256": hex.EncodeToString(sum[:]), "size": len(content)}
		}
		siblings = append(siblings, s)
	}
	requests = &atomic.Int32{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/models/org/tiny/revision/main", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"sha": commit, "siblings": siblings})
	})
	mux.HandleFunc("GET /org/tiny/resolve/"+commit+"/{file...}", func(w http.ResponseWriter, r *http.Request) {
		content := files[r.PathValue("file")]
		if len(content) > 1<<18 && requests.Add(1) <= cuts {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			w.Write(content[:1<<18])
			panic(http.ErrAbortHandler)
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL, requests
}

func TestAModelIsPulledFromAHub(t *testing.T) {
	h := newHall(t)
	files := tinyBert(t)
	repository := map[string][]byte{"tf_model.h5": []byte("never fetched"), ".gitattributes": []byte("x")}
	for name, content := range files {
		repository[name] = content
	}
	url, requests := hubOf(t, repository, 1)
	job := h.follow("model-pull", datahall.ModelPullSpec{Repo: "org/tiny", Hub: url})
	if job.State != datahall.Done {
		t.Fatalf("job is %s: %s", job.State, job.Reason)
	}
	m := h.sameModel("tiny", files)
	if !strings.HasPrefix(m.Card["source"], url+"/org/tiny@0123456789") || m.Task != "classify" {
		t.Errorf("got %+v", m)
	}
	if requests.Load() != 2 {
		t.Errorf("the cut file was asked for %d times, want 2", requests.Load())
	}
	imported := h.importModel("other", files)
	if other := h.sameModel("other", files); imported.State != datahall.Done || other.Digest != m.Digest {
		t.Errorf("pulled and imported differ: %s %s", m.Digest, other.Digest)
	}
	h.noScratch()
}

func TestARepositoryThatIsNoModelIsRefusedBeforeItIsFetched(t *testing.T) {
	h := newHall(t)
	files := tinyBert(t)
	files["pytorch_model.bin"] = files["model.safetensors"]
	delete(files, "model.safetensors")
	url, requests := hubOf(t, files, 0)
	job := h.follow("model-pull", datahall.ModelPullSpec{Repo: "org/tiny", Hub: url, Name: "pickled"})
	if job.State != datahall.Failed || !strings.Contains(job.Reason.String(), "pickled") || requests.Load() != 0 {
		t.Errorf("%s %q, %d requests", job.State, job.Reason, requests.Load())
	}
	job = h.follow("model-pull", datahall.ModelPullSpec{Repo: "org/none", Hub: url})
	if job.State != datahall.Failed || !strings.Contains(job.Reason.String(), "no such repository") {
		t.Errorf("%s %q", job.State, job.Reason)
	}
}
