package cli

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"datahall"
)

func (s *session) modelCommand() *cobra.Command {
	return s.parent("model", datahall.Say("look at models, bring them from elsewhere, take them out"),
		s.modelList(), s.modelShow(), s.modelImport(), s.modelPull(), s.modelExport(), s.modelRemove())
}

func (s *session) modelList() *cobra.Command {
	var name string
	c := s.command("ls [--name NAME]", datahall.Say("list models, the newest version of each"), s.args(0, 0), func(ctx context.Context, _ []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		list, err := c.Models(ctx, name, s.limit)
		if err != nil {
			return err
		}
		return s.result(list, func() {
			t := s.table(datahall.Say("model"), datahall.Say("kind"), datahall.Say("labels"), datahall.Say("parameters"), datahall.Say("accuracy"), datahall.Say("macro F1"), datahall.Say("base"), datahall.Say("made"), datahall.Say("id")).numbers(2, 3, 4, 5)
			for _, m := range list {
				t.row(m.Ref(), s.kind(m.Family, m.Tuning), count(len(m.Labels)), parameters(m.Parameters), scoreOf(m.Accuracy), scoreOf(m.MacroF1), m.Base, when(m.Created), m.ID)
			}
			s.show(t, datahall.Say("no models yet; datahall train makes one, datahall model pull ORG/NAME brings one"))
		})
	})
	c.Flags().StringVar(&name, "name", "", s.t(datahall.Say("list all versions of the model `NAME`")))
	return s.listFlags(c)
}

// scoreOf is empty for what was never measured.
func scoreOf(x float64) string {
	if x == 0 {
		return ""
	}
	return hundredths(x)
}

func (s *session) modelShow() *cobra.Command {
	return s.taking(s.command("show MODEL", datahall.Say("show where a model came from, its scores and what it took"), s.args(1, 1), func(ctx context.Context, args []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		m, err := c.Model(ctx, args[0])
		if err != nil {
			return err
		}
		if s.json {
			return s.result(m, nil)
		}
		s.showModel(m)
		if _, measured := m.Files["report.json"]; !measured {
			return nil
		}
		e, err := c.Evaluation(ctx, m.ID)
		if err != nil {
			return err
		}
		s.line("")
		s.showScores(e)
		s.showClasses(e)
		s.showPairs(e)
		return nil
	}), modelNames)
}

func (s *session) showModel(m datahall.Model) {
	s.say(datahall.Say("%s, made %s", m.Ref(), when(m.Created)))
	bytes := int64(0)
	for _, b := range m.Files {
		bytes += b.Bytes
	}
	f := s.facts()
	f.add(datahall.Say("kind"), s.kind(m.Family, m.Tuning)).
		add(datahall.Say("task"), m.Task).
		add(datahall.Say("base"), m.Base).
		add(datahall.Say("parameters"), parameters(m.Parameters)).
		add(datahall.Say("size"), s.t(datahall.Say("%s in %s files", bytesOf(float64(bytes)), len(m.Files)))).
		add(datahall.Say("labels"), s.someOf(m.Labels)).
		add(datahall.Say("dataset"), m.Dataset).
		add(datahall.Say("run"), m.Run).
		add(datahall.Say("job"), m.Job).
		add(datahall.Say("id"), m.ID).
		add(datahall.Say("digest"), m.Digest)
	if m.Usage.WallSeconds > 0 {
		f.add(datahall.Say("receipt"), s.receipt(m.Usage))
	}
	f.print()
}

// someOf names the first of many.
func (s *session) someOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	const shown = 8
	some := strings.Join(list[:min(shown, len(list))], ", ")
	if len(list) > shown {
		some += ", …"
	}
	return s.t(datahall.Say("%s: %s", count(len(list)), some))
}

func (s *session) modelImport() *cobra.Command {
	var name string
	c := s.command("import FOLDER [--name NAME]", datahall.Say("bring a model from a folder in Hugging Face's layout (BERT)"), s.args(1, 1), func(ctx context.Context, args []string) error {
		files, err := modelFiles(args[0])
		if err != nil {
			return err
		}
		whole, err := filepath.Abs(args[0])
		if err != nil {
			return err
		}
		spec := datahall.ModelImportSpec{Name: cmp.Or(name, nameOf(whole)), Source: filepath.Base(whole), Files: map[string]datahall.Blob{}}
		for _, f := range files {
			if spec.Files[f], err = s.upload(ctx, filepath.Join(args[0], filepath.FromSlash(f))); err != nil {
				return err
			}
		}
		return s.newModel(ctx, "model-import", spec.Name, spec)
	})
	c.ValidArgsFunction = nil // folders
	c.Flags().StringVar(&name, "name", "", s.t(datahall.Say("`NAME` of the model (otherwise that of the folder)")))
	return s.jobFlags(c)
}

// taken are the files of a folder that make a model. Pickled weights are not
// among them: reading them can run what they hold.
var taken = []string{"*.json", "*.txt", "*.safetensors", "1_Pooling/config.json"}

// modelFiles finds the files of a model folder.
func modelFiles(dir string) ([]string, error) {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return nil, datahall.Errorf(datahall.NotFound, "%s: there is no such folder; check its name", dir)
	case !info.IsDir():
		return nil, datahall.Errorf(datahall.Invalid, "%s: is a file; give the folder that holds config.json", dir)
	}
	var list []string
	for _, pattern := range taken {
		found, err := fs.Glob(os.DirFS(dir), pattern)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	switch {
	case !slices.Contains(list, "config.json"):
		return nil, datahall.Errorf(datahall.Invalid, "%s: has no config.json; give the folder of a model in Hugging Face's layout", dir)
	case !slices.ContainsFunc(list, func(f string) bool { return path.Ext(f) == ".safetensors" }):
		return nil, datahall.Errorf(datahall.Invalid, "%s: has no weights as safetensors, and pickled ones are not read; convert them first", dir)
	}
	return list, nil
}

func (s *session) modelPull() *cobra.Command {
	var spec datahall.ModelPullSpec
	c := s.command("pull ORG/NAME [--revision main] [--name NAME]", datahall.Say("fetch a model from the Hugging Face hub or a mirror (HF_ENDPOINT)"), s.args(1, 1), func(ctx context.Context, args []string) error {
		spec.Repo = args[0]
		spec.Hub = s.env.Getenv("HF_ENDPOINT")
		return s.newModel(ctx, "model-pull", cmp.Or(spec.Name, path.Base(spec.Repo)), spec)
	})
	c.Flags().StringVar(&spec.Revision, "revision", "", s.t(datahall.Say("`REVISION`: a branch, tag or commit (otherwise main)")))
	c.Flags().StringVar(&spec.Name, "name", "", s.t(datahall.Say("`NAME` of the model here (otherwise NAME of the hub)")))
	return s.jobFlags(c)
}

// newModel runs a job that brings a model.
func (s *session) newModel(ctx context.Context, kind, name string, spec any) error {
	var m datahall.Model
	if _, err := s.run(ctx, kind, name, spec, &m); err != nil {
		return err
	}
	return s.result(m, func() { s.showModel(m) })
}

func (s *session) modelExport() *cobra.Command {
	return s.taking(s.command("export MODEL FOLDER", datahall.Say("write a model as a folder that transformers loads"), s.args(2, 2), func(ctx context.Context, args []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		m, err := c.Model(ctx, args[0])
		if err != nil {
			return err
		}
		names, err := s.writeModel(ctx, m, args[1])
		if err != nil {
			return err
		}
		return s.result(struct {
			Model  string   `json:"model"`
			Folder string   `json:"folder"`
			Files  []string `json:"files"`
		}{m.Ref(), args[1], names}, func() {
			s.say(datahall.Say("%s: written to %s, %s files", m.Ref(), args[1], len(names)))
		})
	}), modelNames)
}

// writeModel writes the files of a model into a new or empty folder.
func (s *session) writeModel(ctx context.Context, m datahall.Model, dir string) ([]string, error) {
	if old, err := os.ReadDir(dir); err == nil && len(old) > 0 {
		return nil, datahall.Errorf(datahall.Conflict, "%s: is not empty; give a new folder", dir)
	}
	var names []string
	for name := range m.Files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !fs.ValidPath(name) {
			return nil, failure{datahall.Errorf(datahall.Internal, "%s: its file %q cannot be written outside the folder; ask for help", m.Ref(), name)}
		}
		if err := s.writeModelFile(ctx, m.ID, name, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			return nil, err
		}
	}
	return names, nil
}

func (s *session) writeModelFile(ctx context.Context, id, name, target string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return cannotWrite(target, err)
	}
	r, err := s.hall.ModelFile(ctx, id, name)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = writeTo(target, r)
	return err
}

func (s *session) modelRemove() *cobra.Command {
	return s.taking(s.command("rm MODEL…", datahall.Say("delete a version NAME@VERSION, or by its NAME all of them"), s.args(1, -1), func(ctx context.Context, args []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		return s.remove(args, func(ref string) error { return c.DeleteModel(ctx, ref) })
	}), modelNames)
}
