package data

import (
	"os"
	"path/filepath"
	"testing"
)

// shared opens a real file that is not part of the project, or skips.
func shared(t *testing.T, name string) *os.File {
	t.Helper()
	root := os.Getenv("DATAHALL_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(root, "data", filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("no real data here (DATAHALL_SHARED names its folder): %v", err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// TestRealFilesNeedNoOptions reads public data sets as people have them. Rows
// and labels are those that their own READMEs state, but for rows without text
// or label.
func TestRealFilesNeedNoOptions(t *testing.T) {
	for _, c := range []struct {
		file, format, text, label      string
		rows, rejected, labels         int
		duplicates, conflicts, bigWhat int // bigWhat: rows of the most frequent label
		language                       string
	}{
		{"banking77/train.csv.gz", "csv+gz", "text", "category", 10003, 0, 77, 4, 0, 187, EN},
		{"banking77/test.csv.gz", "csv+gz", "text", "category", 3080, 0, 77, 1, 0, 40, EN},
		{"dataclue_cic/train.json.gz", "jsonl+gz", "sentence", "label", 10000, 0, 118, 1, 4, 471, ZH},
		{"waimai_10k/waimai_10k.csv.gz", "csv+gz", "review", "label", 11987, 0, 2, 5, 7, 7987, ZH},
		{"chnsenticorp_splits/train.tsv.gz", "tsv+gz", "text_a", "label", 9600, 0, 2, 1334, 24, 4801, ZH},
		{"chnsenticorp_splits/test.tsv.gz", "tsv+gz", "text_a", "label", 1200, 0, 2, 21, 1, 608, ZH},
		{"online_shopping_10_cats/online_shopping_10_cats.csv.gz", "csv+gz", "review", "label", 62773, 1, 2, 50, 18, 31727, ZH},
		{"smp2019_nlu_zh/train.json.gz", "json+gz", "text", "intent", 2576, 3, 23, 0, 0, 1595, ZH},
		{"clinc150/data_full.json.gz", "json+gz", "1", "2", 23700, 0, 151, 5, 4, 1200, EN},
		{"thucnews_titles/dev.txt.gz", "tsv+gz", "1", "2", 10000, 0, 10, 7, 0, 1000, ZH},
		{"sst2/train.tsv.gz", "tsv+gz", "1", "2", 6920, 0, 2, 9, 0, 3610, EN},
		{"sst2/dev.tsv", "tsv", "1", "2", 872, 0, 2, 0, 0, 444, EN},
		{"hint3/curekart_train.csv", "csv", "sentence", "label", 600, 0, 28, 0, 0, 95, EN},
		{"symptom2disease/Symptom2Disease.csv.gz", "csv+gz", "text", "label", 1200, 0, 24, 47, 0, 50, EN},
		{"snips/train.csv.gz", "csv+gz", "text", "intent", 13084, 0, 7, 225, 0, 1914, EN},
		{"fewclue_eprstmt/train_few_all.json", "jsonl", "sentence", "label", 160, 0, 2, 29, 0, 84, ZH},
		{"fin_news_zh/news_seed.csv.gz", "csv+gz", "标题", "正/负面", 7046, 0, 2, 21, 1, 5147, ZH},
	} {
		t.Run(c.file, func(t *testing.T) {
			got, err := Read(shared(t, c.file), Options{Name: filepath.Base(c.file)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			r := got.Report
			if r.Format != c.format || r.Encoding != "utf-8" || r.TextColumn.Name != c.text || r.LabelColumn.Name != c.label {
				t.Errorf("got %s %s, text %s, label %s", r.Format, r.Encoding, r.TextColumn.Name, r.LabelColumn.Name)
			}
			if r.Rows != c.rows || r.Rejected != c.rejected || len(r.Labels) != c.labels || r.Labels[0].N != c.bigWhat {
				t.Errorf("got %d rows, %d rejected, %d labels, the largest %v", r.Rows, r.Rejected, len(r.Labels), r.Labels[0])
			}
			if r.Duplicates != c.duplicates || r.Conflicts != c.conflicts || r.Languages[0].Name != c.language {
				t.Errorf("got %d duplicates, %d conflicts, languages %v", r.Duplicates, r.Conflicts, r.Languages)
			}
			if c.file == "clinc150/data_full.json.gz" && (len(r.Splits) != 3 || r.Splits[0].N != 15100 || r.Splits[1].N != 3100 || r.Splits[2].N != 5500) {
				t.Errorf("got splits %v", r.Splits)
			}
			t.Logf("%d rows, %d labels, %.1f characters on average, %d problems", r.Rows, len(r.Labels), r.Lengths.Mean, len(r.Problems))
		})
	}
}
