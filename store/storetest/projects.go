package storetest

import (
	"io"
	"strings"
	"testing"
	"time"

	"datahall"
)

func projects(_ *testing.T, b *bench) {
	p := must[datahall.Project](b)(b.s.Project(ctx, datahall.DefaultProject))
	b.want(p.ID, "default")

	red := must[datahall.Project](b)(b.s.CreateProject(ctx, datahall.Project{Name: "red-team"}))
	b.want(red, datahall.Project{ID: "red-team", Name: "red-team", Created: b.clock.T})
	shop := must[datahall.Project](b)(b.s.CreateProject(ctx, datahall.Project{Name: "客服 Team"}))
	if !strings.HasPrefix(shop.ID, "project-") {
		b.Errorf("the id of 客服 Team is %q", shop.ID)
	}
	b.want(must[datahall.Project](b)(b.s.Project(ctx, "客服 Team")), shop)
	b.want(must[datahall.Project](b)(b.s.Project(ctx, shop.ID)), shop)
	list := must[[]datahall.Project](b)(b.s.Projects(ctx))
	b.want(ids(list, func(p datahall.Project) string { return p.Name }), []string{"default", "red-team", "客服 Team"})

	_, err := b.s.CreateProject(ctx, datahall.Project{Name: "red-team"})
	b.refused(err, datahall.Conflict)
	_, err = b.s.CreateProject(ctx, datahall.Project{ID: "../up", Name: "up"})
	b.refused(err, datahall.Invalid)
	_, err = b.s.Project(ctx, "none")
	b.refused(err, datahall.NotFound)
	b.refused(b.s.DeleteProject(ctx, "none"), datahall.NotFound)
	b.refused(b.s.DeleteProject(ctx, datahall.DefaultProject), datahall.Conflict)
	_, err = b.s.CreateJob(ctx, datahall.Job{Project: "none", Kind: "train"})
	b.refused(err, datahall.NotFound)

	one, two := b.job("red-team"), b.job("red-team")
	k1 := must[[32]byte](b)(b.s.JobKey(ctx, "red-team", one.ID))
	k2 := must[[32]byte](b)(b.s.JobKey(ctx, "red-team", two.ID))
	if k1 == k2 || k1 != must[[32]byte](b)(b.s.JobKey(ctx, "red-team", one.ID)) {
		b.Error("a job's data key is not its own for good")
	}
	_, err = b.s.JobKey(ctx, "default", one.ID)
	b.refused(err, datahall.NotFound)
}

// projectsAreApart: what one project has, does not exist for another.
func projectsAreApart(_ *testing.T, b *bench) {
	b.project("red")
	b.project("blue")
	j := b.job("red")
	d, _, err := b.s.AddDataset(ctx, datahall.Dataset{Project: "red", Name: "d", Digest: "x"})
	b.ok(err)
	m, _, err := b.s.AddModel(ctx, datahall.Model{Project: "red", Name: "m"})
	b.ok(err)
	e := must[datahall.Endpoint](b)(b.s.CreateEndpoint(ctx, datahall.Endpoint{Project: "red", Name: "e"}))
	r := must[datahall.Run](b)(b.s.CreateRun(ctx, datahall.Run{Project: "red", Name: "r"}))
	k, _, err := b.s.CreateKey(ctx, datahall.Key{Project: "red", Name: "k"})
	b.ok(err)
	blob := must[datahall.Blob](b)(b.s.Blobs().Put(ctx, "red", strings.NewReader("x")))
	for _, c := range []struct {
		project string
		kind    datahall.Kind
	}{{"blue", datahall.NotFound}, {"", datahall.Invalid}, {"none", datahall.NotFound}} {
		get := func(errs ...error) {
			for _, err := range errs {
				b.refused(err, c.kind)
			}
		}
		_, e1 := b.s.Job(ctx, c.project, j.ID)
		_, e2 := b.s.Dataset(ctx, c.project, d.ID)
		_, e3 := b.s.Dataset(ctx, c.project, "d@1")
		_, e4 := b.s.Model(ctx, c.project, m.ID)
		_, e5 := b.s.Endpoint(ctx, c.project, e.ID)
		_, e6 := b.s.Run(ctx, c.project, r.ID)
		_, e7 := b.s.Blobs().Open(ctx, c.project, blob.Digest)
		get(e1, e2, e3, e4, e5, e6, e7, b.s.DeleteDataset(ctx, c.project, d.ID), b.s.DeleteModel(ctx, c.project, "m"),
			b.s.DeleteEndpoint(ctx, c.project, "e"), b.s.DeleteRun(ctx, c.project, r.ID), b.s.DeleteKey(ctx, c.project, k.ID),
			b.s.DeleteJob(ctx, c.project, j.ID), b.s.Blobs().Delete(ctx, c.project, blob.Digest))
	}
	for _, n := range []int{
		len(must[[]datahall.Job](b)(b.s.Jobs(ctx, datahall.JobFilter{Project: "blue"}))),
		len(must[[]datahall.Dataset](b)(b.s.Datasets(ctx, datahall.VersionFilter{Project: "blue"}))),
		len(must[[]datahall.Model](b)(b.s.Models(ctx, datahall.VersionFilter{Project: "blue", All: true}))),
		len(must[[]datahall.Endpoint](b)(b.s.Endpoints(ctx, "blue"))),
		len(must[[]datahall.Run](b)(b.s.Runs(ctx, "blue", 0))),
		len(must[[]datahall.Key](b)(b.s.Keys(ctx, "blue"))),
	} {
		b.want(n, 0)
	}
	b.want(must[datahall.Job](b)(b.s.Job(ctx, datahall.AnyProject, j.ID)), j)
	b.want(len(must[[]datahall.Key](b)(b.s.Keys(ctx, datahall.AnyProject))), 1)
	other := must[datahall.Blob](b)(b.s.Blobs().Put(ctx, "blue", strings.NewReader("x")))
	if other.Digest == blob.Digest {
		b.Error("the same bytes have the same address in two projects")
	}
}

func aProjectEndsWhole(_ *testing.T, b *bench) {
	b.project("red")
	j := b.job("red")
	blob := must[datahall.Blob](b)(b.s.Blobs().Put(ctx, "red", strings.NewReader("x")))
	_, _, err := b.s.AddDataset(ctx, datahall.Dataset{Project: "red", Name: "d", Digest: "x", Files: map[string]datahall.Blob{"rows.jsonl": blob}})
	b.ok(err)
	_, secret, err := b.s.CreateKey(ctx, datahall.Key{Project: "red", Name: "k"})
	b.ok(err)
	b.ok(b.s.AddEntry(ctx, datahall.LedgerEntry{ID: "e", Project: "red", Subject: j.ID, Name: "secret plan", Usage: datahall.Usage{Joules: 5}}))
	b.ok(b.s.DeleteProject(ctx, "red"))

	_, err = b.s.Project(ctx, "red")
	b.refused(err, datahall.NotFound)
	_, err = b.s.Job(ctx, datahall.AnyProject, j.ID)
	b.refused(err, datahall.NotFound)
	_, err = b.s.KeyBySecret(ctx, secret)
	b.refused(err, datahall.Unauthorized)
	_, err = b.s.Blobs().Open(ctx, "red", blob.Digest)
	b.refused(err, datahall.NotFound)
	_, err = b.s.CreateJob(ctx, datahall.Job{Project: "red"})
	b.refused(err, datahall.NotFound)
	entries := must[[]datahall.LedgerEntry](b)(b.s.Entries(ctx, datahall.LedgerFilter{Project: datahall.AnyProject}))
	if len(entries) != 1 || entries[0].Usage.Joules != 5 || entries[0].Name != "" {
		b.Errorf("the ledger has %+v: its sums must close, its names go", entries)
	}

	b.project("red") // a new one of the same name has another key
	_, err = b.s.Blobs().Open(ctx, "red", blob.Digest)
	b.refused(err, datahall.NotFound)
	again := must[datahall.Blob](b)(b.s.Blobs().Put(ctx, "red", strings.NewReader("x")))
	if again.Digest == blob.Digest {
		b.Error("a new project has an old one's key")
	}
}

func keys(_ *testing.T, b *bench) {
	expires := b.clock.T.Add(time.Hour)
	k, secret, err := b.s.CreateKey(ctx, datahall.Key{Name: "ci", Role: datahall.Developer, Expires: expires})
	b.ok(err)
	if !strings.HasPrefix(secret, "dh_") || !strings.HasPrefix(secret, k.Prefix) || len(k.Prefix) > 10 {
		b.Errorf("secret %q, prefix %q", secret, k.Prefix)
	}
	b.want(k.State, "active")
	b.want(k.Project, datahall.DefaultProject)
	got := must[datahall.Key](b)(b.s.KeyBySecret(ctx, secret))
	b.want(got, k)
	b.later(time.Minute)
	must[datahall.Key](b)(b.s.KeyBySecret(ctx, secret))
	used := must[[]datahall.Key](b)(b.s.Keys(ctx, datahall.DefaultProject))[0]
	if !used.LastUsed.Equal(b.clock.T) {
		b.Errorf("last used at %s, want %s", used.LastUsed, b.clock.T)
	}
	for _, wrong := range []string{"", "dh_", secret[:len(secret)-1], secret + "x", strings.Replace(secret, "dh_", "dw_", 1), "' OR 1=1 --"} {
		_, err := b.s.KeyBySecret(ctx, wrong)
		b.refused(err, datahall.Unauthorized)
	}
	_, _, err = b.s.CreateKey(ctx, datahall.Key{Name: "ci"})
	b.refused(err, datahall.Conflict)
	b.clock.T = expires
	_, err = b.s.KeyBySecret(ctx, secret)
	b.refused(err, datahall.Unauthorized)
	b.want(must[[]datahall.Key](b)(b.s.Keys(ctx, datahall.DefaultProject))[0].State, "expired")

	second, secret2, err := b.s.CreateKey(ctx, datahall.Key{Name: "pages", Role: datahall.Viewer})
	b.ok(err)
	list := must[[]datahall.Key](b)(b.s.Keys(ctx, datahall.DefaultProject))
	b.want(ids(list, func(k datahall.Key) string { return k.Name }), []string{"pages", "ci"})
	b.ok(b.s.DeleteKey(ctx, datahall.DefaultProject, "ci"))
	must[datahall.Key](b)(b.s.KeyBySecret(ctx, secret2))
	b.ok(b.s.DeleteKey(ctx, datahall.DefaultProject, second.ID))
	_, err = b.s.KeyBySecret(ctx, secret2)
	b.refused(err, datahall.Unauthorized)
	b.refused(b.s.DeleteKey(ctx, datahall.DefaultProject, second.ID), datahall.NotFound)

	_, hall, err := b.s.CreateKey(ctx, datahall.Key{Project: datahall.AnyProject, Name: "hall", Role: datahall.Admin})
	b.ok(err)
	b.want(must[datahall.Key](b)(b.s.KeyBySecret(ctx, hall)).Project, datahall.AnyProject)
}

func settings(_ *testing.T, b *bench) {
	b.project("red")
	tariff := map[string]float64{"price": 0.3}
	var got map[string]float64
	b.want(must[bool](b)(b.s.Setting(ctx, datahall.AnyProject, "tariff", &got)), false)
	b.ok(b.s.PutSetting(ctx, datahall.AnyProject, "tariff", map[string]float64{"price": 0.1}))
	b.ok(b.s.PutSetting(ctx, datahall.AnyProject, "tariff", tariff))
	b.want(must[bool](b)(b.s.Setting(ctx, datahall.AnyProject, "tariff", &got)), true)
	b.want(got, tariff)
	b.want(must[bool](b)(b.s.Setting(ctx, "red", "tariff", &got)), false)
	b.ok(b.s.PutSetting(ctx, "red", "currency", "CNY"))
	all, err := b.s.Settings(ctx, "red")
	b.ok(err)
	b.want(all, map[string]string{"currency": "CNY"})
	b.ok(b.s.DeleteSetting(ctx, "red", "currency"))
	b.refused(b.s.DeleteSetting(ctx, "red", "currency"), datahall.NotFound)
	b.refused(b.s.PutSetting(ctx, "none", "x", 1), datahall.NotFound)
	b.refused(b.s.PutSetting(ctx, "", "x", 1), datahall.Invalid)
	b.refused(b.s.PutSetting(ctx, "red", "", 1), datahall.Invalid)
}

// names that cannot be typed, shown or put into an address are refused everywhere.
func names(_ *testing.T, b *bench) {
	for _, bad := range []string{"", " x", "x ", "a/b", `a\b`, "a@2", "a\x00b", "a\nb", ".", "..", strings.Repeat("长", 101), "\xff"} {
		_, e1 := b.s.CreateProject(ctx, datahall.Project{Name: bad})
		_, _, e2 := b.s.CreateKey(ctx, datahall.Key{Name: bad})
		_, _, e3 := b.s.AddDataset(ctx, datahall.Dataset{Name: bad})
		_, _, e4 := b.s.AddModel(ctx, datahall.Model{Name: bad})
		_, e5 := b.s.CreateEndpoint(ctx, datahall.Endpoint{Name: bad})
		for i, err := range []error{e1, e2, e3, e4, e5} {
			if datahall.KindOf(err) != datahall.Invalid {
				b.Errorf("%d: %q was taken, %v", i, bad, err)
			}
		}
	}
	for _, good := range []string{"a", "工单 2026", "x.y-z_1", strings.Repeat("长", 100), "<script>alert(1)<script>", "o'clock", `"q"`} {
		_, _, err := b.s.AddDataset(ctx, datahall.Dataset{Name: good})
		b.ok(err)
		b.want(must[datahall.Dataset](b)(b.s.Dataset(ctx, datahall.DefaultProject, good)).Name, good)
	}
}

func blobs(_ *testing.T, b *bench) {
	store := b.s.Blobs()
	for _, text := range []string{"", "x", strings.Repeat("0123456789", 20000)} {
		blob := must[datahall.Blob](b)(store.Put(ctx, datahall.DefaultProject, strings.NewReader(text)))
		b.want(blob.Bytes, len(text))
		again := must[datahall.Blob](b)(store.Put(ctx, datahall.DefaultProject, strings.NewReader(text)))
		b.want(again, blob)
		r := must[io.ReadCloser](b)(store.Open(ctx, datahall.DefaultProject, blob.Digest))
		got := must[[]byte](b)(io.ReadAll(r))
		b.ok(r.Close())
		if string(got) != text {
			b.Errorf("%d bytes came back as %d", len(text), len(got))
		}
		b.ok(store.Delete(ctx, datahall.DefaultProject, blob.Digest))
		_, err := store.Open(ctx, datahall.DefaultProject, blob.Digest)
		b.refused(err, datahall.NotFound)
		b.refused(store.Delete(ctx, datahall.DefaultProject, blob.Digest), datahall.NotFound)
	}
	for _, bad := range []string{"", "..", strings.Repeat("../", 21) + "x", strings.Repeat("A", 64), strings.Repeat("0", 63)} {
		_, err := store.Open(ctx, datahall.DefaultProject, bad)
		b.refused(err, datahall.NotFound)
		b.refused(store.Delete(ctx, datahall.DefaultProject, bad), datahall.NotFound)
	}
	_, err := store.Put(ctx, "none", strings.NewReader("x"))
	b.refused(err, datahall.NotFound)
	broken := io.MultiReader(strings.NewReader("half"), failing{})
	if _, err := store.Put(ctx, datahall.DefaultProject, broken); err == nil {
		b.Error("half a blob was taken for a whole one")
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// blobsThatAreNeeded stay while a record needs them, and go with the last one.
func blobsThatAreNeeded(_ *testing.T, b *bench) {
	put := func(text string) datahall.Blob {
		return must[datahall.Blob](b)(b.s.Blobs().Put(ctx, datahall.DefaultProject, strings.NewReader(text)))
	}
	here := func(blob datahall.Blob) bool {
		r, err := b.s.Blobs().Open(ctx, datahall.DefaultProject, blob.Digest)
		if err == nil {
			r.Close()
		}
		return err == nil
	}
	rows, both := put("rows"), put("both")
	d, _, err := b.s.AddDataset(ctx, datahall.Dataset{Name: "d", Digest: "1", Files: map[string]datahall.Blob{"rows.jsonl": rows, "both": both}})
	b.ok(err)
	put("both")
	m, _, err := b.s.AddModel(ctx, datahall.Model{Name: "m", Files: map[string]datahall.Blob{"both": both}})
	b.ok(err)
	b.refused(b.s.Blobs().Delete(ctx, datahall.DefaultProject, rows.Digest), datahall.Conflict)
	b.ok(b.s.DeleteDataset(ctx, datahall.DefaultProject, d.ID))
	b.want([]bool{here(rows), here(both)}, []bool{false, true})
	b.ok(b.s.DeleteModel(ctx, datahall.DefaultProject, m.ID))
	b.want(here(both), false)

	_, _, err = b.s.AddDataset(ctx, datahall.Dataset{Name: "d", Digest: "2", Files: map[string]datahall.Blob{"rows.jsonl": rows}})
	b.refused(err, datahall.Invalid)

	source := put("source")
	j := must[datahall.Job](b)(b.s.CreateJob(ctx, datahall.Job{Kind: "import", Spec: []byte(`{"name":"d","blob":{"digest":"` + source.Digest + `","bytes":6}}`)}))
	b.refused(b.s.Blobs().Delete(ctx, datahall.DefaultProject, source.Digest), datahall.Conflict)
	_, err = b.s.Transition(ctx, j.ID, nil, func(j *datahall.Job) error { j.State = datahall.Done; return nil }, datahall.Event{})
	b.ok(err)
	b.want(here(source), false)
}
