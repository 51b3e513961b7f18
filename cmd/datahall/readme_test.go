package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// What the READMEs show is what a reader gets: every console block is run, in
// order, in a home of its own, and what is printed is compared with what the
// block shows. Blocks marked "console skip" are not run.
func TestReadme(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute; run it without -short")
	}
	for _, name := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("the README's lines are for a shell with curl, and %s is missing; install it", name)
		}
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "datahall"), ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for _, readme := range []struct{ name, locale string }{{"README.md", "en_US.UTF-8"}, {"README.zh-CN.md", "zh_CN.UTF-8"}} {
		t.Run(readme.name, func(t *testing.T) {
			r := reader{t: t, home: t.TempDir(), bin: bin, locale: readme.locale}
			t.Cleanup(func() { r.run("datahall stop") })
			text, err := os.ReadFile(filepath.Join("..", "..", readme.name))
			if err != nil {
				t.Fatal(err)
			}
			blocks := consoleBlocks(string(text))
			if len(blocks) == 0 {
				t.Fatal("no console block to run")
			}
			for _, b := range blocks {
				r.follow(b)
			}
		})
	}
}

// shown is a command of a README and what stands below it.
type shown struct{ command, output string }

// consoleBlocks gives the blocks that are to be run, command by command. A
// command that ends in a backslash goes on in the next line.
func consoleBlocks(text string) [][]shown {
	var blocks [][]shown
	for _, m := range regexp.MustCompile("(?ms)^```console\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		var block []shown
		goesOn := false
		for line := range strings.Lines(m[1]) {
			command, begins := strings.CutPrefix(line, "$ ")
			switch last := len(block) - 1; {
			case begins:
				block = append(block, shown{command: command})
			case goesOn:
				block[last].command += line
			case last >= 0:
				block[last].output += line
				continue
			}
			goesOn = strings.HasSuffix(line, "\\\n")
		}
		blocks = append(blocks, block)
	}
	return blocks
}

// reader types what a README shows, with a home folder of its own.
type reader struct {
	t                 *testing.T
	home, bin, locale string
}

// end stands between the outputs of two commands, with the status of the first.
var end = regexp.MustCompile(`\n<<status (\d+)>>\n`)

// follow runs a block in one shell and compares each command's output.
func (r reader) follow(block []shown) {
	r.t.Helper()
	var script strings.Builder
	for _, s := range block {
		command := strings.ReplaceAll(s.command, "go run ./cmd/datahall", "datahall")
		command = strings.ReplaceAll(command, "127.0.0.1:7077", r.address())
		fmt.Fprintf(&script, "%s\nprintf '\\n<<status %%s>>\\n' $?\n", strings.TrimSpace(command))
	}
	out, problems := r.run(script.String())
	for _, s := range block {
		at := end.FindStringSubmatchIndex(out)
		if at == nil {
			r.t.Fatalf("$ %s\nended the shell: %s", s.command, problems)
		}
		got, status := out[:at[0]], out[at[2]:at[3]]
		out = out[at[1]:]
		if status != "0" {
			r.t.Fatalf("$ %s\nstatus %s: %s", s.command, status, problems)
		}
		if !alike(s.output, got) {
			r.t.Errorf("$ %s\nprints\n%s\nand the README shows\n%s", s.command, got, s.output)
		}
	}
}

// run gives what a script writes to standard output, and to standard error.
func (r reader) run(script string) (string, string) {
	ctx, done := context.WithTimeout(context.Background(), 5*time.Minute)
	defer done()
	var out, problems bytes.Buffer
	c := exec.CommandContext(ctx, "sh", "-c", script)
	c.Dir, c.Stdout, c.Stderr = filepath.Join("..", ".."), &out, &problems
	c.Env = []string{"PATH=" + r.bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + r.home, "LANG=" + r.locale}
	c.WaitDelay = time.Second // the hall in the background is not waited for
	if err := c.Run(); err != nil {
		fmt.Fprintln(&problems, err)
	}
	return out.String(), problems.String()
}

// address is where the hall answers: another one than the README's where that
// port is taken.
func (r reader) address() string {
	var hall struct{ URL string }
	b, err := os.ReadFile(filepath.Join(r.home, ".datahall", "hall.json"))
	if err != nil || json.Unmarshal(b, &hall) != nil {
		return "127.0.0.1:7077"
	}
	return strings.TrimPrefix(hall.URL, "http://")
}

var (
	durations = regexp.MustCompile(`(<?\d[\d.,]*\s*((ms|min|s|h)\b|毫秒|秒|分|小时)\s*)+`)
	figures   = regexp.MustCompile(`<?\d[\d.,]*`)
	spaces    = regexp.MustCompile(`\s+`)
)

// alike compares without white space, since lines break where the terminal and
// a path's length say. Durations and figures are those of the machine that the
// README was written on: any other will do. Three dots stand for anything.
func alike(want, got string) bool {
	plain := func(s string) string {
		s = durations.ReplaceAllString(s, "⏱")
		s = spaces.ReplaceAllString(s, "")
		return figures.ReplaceAllString(s, "№")
	}
	var parts []string
	for part := range strings.SplitSeq(want, "...") {
		parts = append(parts, regexp.QuoteMeta(plain(part)))
	}
	return regexp.MustCompile("^(?s:" + strings.Join(parts, ".*") + ")$").MatchString(plain(got))
}

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		want, got string
		alike     bool
	}{
		{"took 20 s, 1,648 rows", "took  900 ms,\n 7 rows", true},
		{"key dh_... (once)", "key dh_abc1 (once)", true},
		{"outage 0.95", "billing 0.95", false},
		{"one\n...\nfour", "one\ntwo\nthree\nfour", true},
		{"one", "one two", false},
		{"...\nserve", "macro 0.5\nserve", true},
		{"a stop.\n...\nnext", "a stop.\nmore\nnext", true},
		{"", "one", false},
	} {
		if got := alike(c.want, c.got); got != c.alike {
			t.Errorf("alike(%q, %q) is %v", c.want, c.got, got)
		}
	}
}
