package hub

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"datahall"
)

// Base is the hub itself.
const Base = "https://huggingface.co"

// The bounds of what is read.
const (
	maxListing = 16 << 20 // bytes
	maxFiles   = 10_000
	maxTotal   = 64 << 30 // bytes of all files that are fetched
)

// Options say what to pull. Client, Base, Revision, Limit, Silence and Pause
// have defaults.
type Options struct {
	Client   *http.Client
	Base     string // URL; "": the hub itself
	Repo     string // ORG/NAME
	Revision string // branch, tag or commit; "": main
	Token    string // of the hub; "": none
	Want     func(name string) bool
	Limit    int64         // bytes of all files; 0: 64 GiB
	Silence  time.Duration // how long a connection may bring nothing; 0: 30 s
	Pause    time.Duration // before the first new try, then doubled up to 32 of it; 0: 1 s
}

// File is a wanted file of a commit.
type File struct {
	Name   string
	Bytes  int64
	SHA256 string // of the content, hex; "" where the file is not in LFS
	Git    string // SHA-1 of git's blob, hex
}

// Snapshot is a commit of a repository.
type Snapshot struct {
	Revision string   // the commit
	Source   string   // where a person sees it: URL/ORG/NAME@COMMIT
	Names    []string // all files, sorted
	Files    []File   // those that are wanted, by name
}

// Bytes is how much there is to fetch.
func (s Snapshot) Bytes() int64 {
	n := int64(0)
	for _, f := range s.Files {
		n += f.Bytes
	}
	return n
}

// Look lists the files of a revision.
func Look(ctx context.Context, o Options) (Snapshot, error) {
	c, err := newCaller(o)
	if err != nil {
		return Snapshot{}, err
	}
	body, err := c.listing(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	return c.snapshot(body)
}

// listing fetches the listing.
func (c *caller) listing(ctx context.Context) ([]byte, error) {
	route := "/api/models/" + c.Repo + "/revision/" + url.PathEscape(cmp.Or(c.Revision, "main")) + "?blobs=true"
	var body []byte
	err := c.persist(ctx, func(ctx context.Context) (bool, error) {
		resp, err := c.get(ctx, route, nil)
		if err != nil {
			return false, err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return false, c.refused(resp, "")
		}
		body, err = io.ReadAll(io.LimitReader(resp.Body, maxListing+1))
		return false, err
	})
	return body, err
}

// listed is the part of a listing that is read.
type listed struct {
	SHA      string `json:"sha"`
	Siblings []struct {
		Name string `json:"rfilename"`
		Size *int64 `json:"size"`
		Blob string `json:"blobId"`
		LFS  *struct {
			SHA256 string `json:"sha256"`
			Size   *int64 `json:"size"`
		} `json:"lfs"`
	} `json:"siblings"`
}

var (
	commitRule = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
	sha1Rule   = regexp.MustCompile(`^[0-9a-f]{40}$`)
	sha256Rule = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// snapshot checks a listing as a whole before anything is fetched.
func (c *caller) snapshot(body []byte) (Snapshot, error) {
	var l listed
	if len(body) > maxListing || json.Unmarshal(body, &l) != nil || !commitRule.MatchString(l.SHA) || len(l.Siblings) > maxFiles {
		return Snapshot{}, datahall.Errorf(datahall.Invalid, "hub %s: answers with no listing of a repository; check that HF_ENDPOINT is a hub or a mirror of it", c.base.Host)
	}
	host := url.URL{Scheme: c.base.Scheme, Host: c.base.Host, Path: c.base.Path} // without a password in it
	s := Snapshot{Revision: l.SHA, Source: host.JoinPath(c.Repo).String() + "@" + l.SHA}
	for _, x := range l.Siblings {
		if !fs.ValidPath(x.Name) || slices.Contains(s.Names, x.Name) {
			return Snapshot{}, c.badName(x.Name)
		}
		s.Names = append(s.Names, x.Name)
		if c.Want != nil && !c.Want(x.Name) {
			continue
		}
		f := File{Name: x.Name, Git: x.Blob, Bytes: -1}
		if x.Size != nil {
			f.Bytes = *x.Size
		}
		if x.LFS != nil {
			f.SHA256 = x.LFS.SHA256
			if x.LFS.Size != nil {
				f.Bytes = *x.LFS.Size
			}
		}
		if err := c.checkFile(f, x.LFS != nil); err != nil {
			return Snapshot{}, err
		}
		s.Files = append(s.Files, f)
	}
	slices.Sort(s.Names)
	slices.SortFunc(s.Files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return s, c.checkTotal(s)
}

// checkFile refuses what no file system of ours should hold, and what cannot be checked.
func (c *caller) checkFile(f File, lfs bool) error {
	sound := sha1Rule.MatchString(f.Git)
	if lfs {
		sound = sha256Rule.MatchString(f.SHA256)
	}
	switch {
	case strings.ContainsFunc(f.Name, func(r rune) bool { return r < ' ' || strings.ContainsRune(`\:*?"<>|`, r) }), len(path.Base(f.Name)) > 200, len(f.Name) > 1000:
		return c.badName(f.Name)
	case !sound || f.Bytes < 0:
		return datahall.Errorf(datahall.Invalid, "hub %s: tells no digest or size of %s, so that it could not be checked; use another mirror", c.base.Host, f.Name)
	}
	return nil
}

func (c *caller) checkTotal(s Snapshot) error {
	limit, total := cmp.Or(c.Limit, maxTotal), int64(0)
	for _, f := range s.Files {
		if total += f.Bytes; f.Bytes > limit || total > limit {
			return datahall.Errorf(datahall.TooLarge, "repository %s: its files have more than %s bytes; choose a smaller model", c.Repo, limit)
		}
	}
	return nil
}

func (c *caller) badName(name string) error {
	return datahall.Errorf(datahall.Invalid, "repository %s: has a file named %q, which is no name for a file here; do not use this repository", c.Repo, short(name))
}

// short keeps a hostile name from filling a screen.
func short(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}
