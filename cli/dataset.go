package cli

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"datahall"
)

func (s *session) datasetCommand() *cobra.Command {
	return s.parent("dataset", datahall.Say("bring data, look at it, split it, take it out again"),
		s.datasetImport(), s.datasetList(), s.datasetShow(), s.datasetSplit(), s.datasetExport(), s.datasetRemove())
}

func (s *session) datasetImport() *cobra.Command {
	var name string
	var r reading
	c := s.command("import FILE [--name NAME]", datahall.Say("read a file (CSV, TSV, JSON Lines, XLSX; .gz, .zst) or the sample builtin:shop"), s.args(1, 1), func(ctx context.Context, args []string) error {
		spec, err := s.bring(ctx, args[0], name, r)
		if err != nil {
			return err
		}
		var d imported
		job, err := s.run(ctx, "import", spec.Name, spec, &d)
		if err != nil {
			return err
		}
		return s.result(d, func() { s.showImport(d, job.Usage) })
	})
	c.ValidArgsFunction = nil // files
	c.Example = "  datahall dataset import tickets.xlsx\n  datahall dataset import 工单.csv --text-column 内容 --label-column 分类 --name tickets\n  datahall dataset import builtin:shop"
	c.Flags().StringVar(&name, "name", "", s.t(datahall.Say("`NAME` of the dataset (otherwise that of the file)")))
	c.Flags().StringVar(&r.task, "task", "", s.t(datahall.Say("`TASK`: classify, multilabel, regress or text (otherwise classify)")))
	s.readingFlags(c, &r)
	return s.jobFlags(c)
}

func (s *session) showImport(d imported, u datahall.Usage) {
	if d.Existed {
		s.say(datahall.Say("%s: these rows are there already", d.ref()))
	} else {
		s.say(datahall.Say("%s: imported", d.ref()))
	}
	s.showReport(d.Dataset, u)
}

func (s *session) datasetList() *cobra.Command {
	var name string
	c := s.command("ls [--name NAME]", datahall.Say("list datasets, the newest version of each"), s.args(0, 0), func(ctx context.Context, _ []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		list, err := c.Datasets(ctx, name, s.limit)
		if err != nil {
			return err
		}
		return s.result(list, func() {
			t := s.table(datahall.Say("dataset"), datahall.Say("rows"), datahall.Say("labels"), datahall.Say("languages"), datahall.Say("splits"), datahall.Say("source"), datahall.Say("made"), datahall.Say("id")).numbers(1, 2)
			for _, d := range list {
				r := d.Report
				t.row(refOf(d.Name, d.Version), count(r.Rows), count(len(r.Labels)), s.counts(r.Languages), s.counts(r.Splits), d.Source, when(d.Created), d.ID)
			}
			s.show(t, datahall.Say("no datasets yet; datahall dataset import FILE brings one"))
		})
	})
	c.Flags().StringVar(&name, "name", "", s.t(datahall.Say("list all versions of the dataset `NAME`")))
	return s.listFlags(c)
}

func refOf(name string, version int) string { return name + "@" + strconv.Itoa(version) }

func (s *session) datasetShow() *cobra.Command {
	return s.listFlags(s.taking(s.command("show DATASET", datahall.Say("show what was read: columns, labels, lengths, problems"), s.args(1, 1), func(ctx context.Context, args []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		d, err := c.Dataset(ctx, args[0])
		if err != nil {
			return err
		}
		return s.result(d, func() {
			s.say(datahall.Say("%s, made %s", refOf(d.Name, d.Version), when(d.Created)))
			s.showReport(d, datahall.Usage{})
			s.showLabels(d.Report)
		})
	}), datasetNames))
}

func (s *session) showLabels(r datahall.DatasetReport) {
	if len(r.Labels) == 0 {
		return
	}
	s.line("")
	t := s.table(datahall.Say("label"), datahall.Say("rows"), datahall.Say("share")).numbers(1, 2)
	for i, l := range r.Labels {
		if s.limit > 0 && i == s.limit {
			break
		}
		t.row(l.Name, count(l.N), percent(float64(l.N)/float64(max(1, r.Rows))))
	}
	s.print(t.String())
}

func (s *session) datasetSplit() *cobra.Command {
	spec := datahall.SplitSpec{}
	c := s.command("split DATASET [--test 0.3] [--validation 0.1] [--seed 1]", datahall.Say("make a version with rows set apart for testing and validation"), s.args(1, 1), func(ctx context.Context, args []string) error {
		spec.Dataset = args[0]
		var d imported
		job, err := s.run(ctx, "split", args[0], spec, &d)
		if err != nil {
			return err
		}
		return s.result(d, func() {
			s.showSplit(d)
			s.showReceipt(job.Usage)
		})
	})
	c.Long = s.t(datahall.Say("Makes a new version in which each row is for training, validation or testing.\n\n" +
		"Each label keeps its share on every side, the same text never stands on two\n" +
		"sides, and the same seed gives the same split."))
	f := c.Flags()
	f.Float64Var(&spec.Test, "test", 0.3, s.t(datahall.Say("`SHARE` of the rows that is for testing")))
	f.Float64Var(&spec.Validation, "validation", 0.1, s.t(datahall.Say("`SHARE` of the rows that is for validation, what choices are made by")))
	f.Uint64Var(&spec.Seed, "seed", 1, s.t(datahall.Say("`NUMBER` that all chance comes from")))
	return s.jobFlags(s.taking(c, datasetNames))
}

func (s *session) showSplit(d imported) {
	s.say(datahall.Say("%s: %s", d.ref(), s.counts(d.Report.Splits)))
	s.showLeaks(d.Report.Leaks)
	s.showProblems(d.Report)
}

func (s *session) datasetExport() *cobra.Command {
	var format string
	c := s.command("export DATASET [FILE|-] [--format csv]", datahall.Say("write a version as CSV, TSV, JSON Lines or XLSX"), s.args(1, 2), func(ctx context.Context, args []string) error {
		target := ""
		if len(args) == 2 {
			target = args[1]
		}
		return s.export(ctx, args[0], target, format)
	})
	c.Flags().StringVar(&format, "format", "", s.t(datahall.Say("`FORMAT`: csv, tsv, jsonl or xlsx (otherwise by the file's ending, else csv)")))
	return s.jobFlags(s.taking(c, datasetNames))
}

func (s *session) export(ctx context.Context, ref, target, format string) error {
	if target == "-" && s.json {
		return datahall.Errorf(datahall.Invalid, "dataset export: --json and - both want standard output; give a file")
	}
	if format == "" {
		format = "csv"
		if ending := strings.TrimPrefix(filepath.Ext(target), "."); slices.Contains([]string{"csv", "tsv", "jsonl", "xlsx"}, ending) {
			format = ending
		}
	}
	spec := datahall.ExportSpec{Dataset: ref, Format: format, File: "export." + format}
	job, err := s.run(ctx, "export", ref, spec, nil)
	if err != nil {
		return err
	}
	r, err := s.hall.JobFile(ctx, job.ID, spec.File)
	if err != nil {
		return err
	}
	defer r.Close()
	if target == "-" {
		return pour(s.env.Out, r)
	}
	if target == "" {
		target = job.Name + "." + format
	}
	n, err := writeTo(target, r)
	if err != nil {
		return err
	}
	return s.result(struct {
		Dataset string `json:"dataset"`
		File    string `json:"file"`
		Bytes   int64  `json:"bytes"`
	}{ref, target, n}, func() { s.say(datahall.Say("%s: written to %s, %s", ref, target, bytesOf(float64(n)))) })
}

func (s *session) datasetRemove() *cobra.Command {
	return s.taking(s.command("rm DATASET…", datahall.Say("delete a version NAME@VERSION, or by its NAME all of them"), s.args(1, -1), func(ctx context.Context, args []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		return s.remove(args, func(ref string) error { return c.DeleteDataset(ctx, ref) })
	}), datasetNames)
}

// remove deletes things one after the other, and says which.
func (s *session) remove(refs []string, remove func(ref string) error) error {
	for _, ref := range refs {
		if err := remove(ref); err != nil {
			return err
		}
		s.say(datahall.Say("%s: deleted", ref))
	}
	return s.result(struct {
		Deleted []string `json:"deleted"`
	}{refs}, func() {})
}
