//go:build amd64 && !purego

package kernel

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestTheAssemblerMeansWhatWeWrote disassembles the AVX-512 kernels with
// binutils, an independent reader, and compares names, registers and masks
// with the text: where this machine cannot run them, the interpreter must at
// least have read what was assembled.
func TestTheAssemblerMeansWhatWeWrote(t *testing.T) {
	objdump, err := exec.LookPath("objdump")
	if err != nil {
		t.Skip("not checked: no objdump here")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("not checked: no go command here")
	}
	binary := filepath.Join(t.TempDir(), "kernel.test")
	if out, err := exec.Command(tool, "test", "-c", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile("avx512_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	want := vectorLines(string(text), regexp.MustCompile(`^TEXT ·(\w+)\(SB\)`), written)
	out, err := exec.Command(objdump, "-d", "--no-show-raw-insn", "--insn-width=16", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	got := vectorLines(string(out), regexp.MustCompile(`<datahall/numeric/kernel\.(\w+?)(?:\.abi0)?>:$`), disassembled)
	for name, lines := range want {
		if len(got[name]) != len(lines) {
			t.Errorf("%s: %d vector instructions assembled, %d written", name, len(got[name]), len(lines))
			continue
		}
		for i, line := range lines {
			if got[name][i] != line {
				t.Errorf("%s, vector instruction %d: assembled %q, written %q", name, i, got[name][i], line)
				break
			}
		}
	}
	t.Logf("compared %d functions", len(want))
}

// vectorLines collects, by function, what read makes of each line that has a
// vector instruction.
func vectorLines(text string, begin *regexp.Regexp, read func(line string) string) map[string][]string {
	functions := map[string][]string{}
	name := ""
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := lines.Text()
		if m := begin.FindStringSubmatch(line); m != nil {
			name = m[1]
			continue
		}
		if v := read(line); v != "" && name != "" {
			functions[name] = append(functions[name], v)
		}
		if strings.HasPrefix(strings.TrimSpace(line), "RET") || strings.HasSuffix(line, ">:") {
			name = ""
		}
	}
	return functions
}

var spaces = regexp.MustCompile(`\s+`)

// written is "name operands" of a line of ours: registers in order, memory as
// m, with its mask and its spreading at the end.
func written(line string) string {
	line = strings.TrimSpace(line)
	op, rest, _ := strings.Cut(line, " ")
	if !strings.HasPrefix(op, "V") && !strings.HasPrefix(op, "K") || line == "" {
		return ""
	}
	name, suffix, _ := strings.Cut(op, ".")
	name = strings.ToLower(name)
	list, marks := []string{name}, ""
	operands := strings.Split(rest, ", ")
	for i, o := range operands {
		switch {
		case o == "" || o[0] == '$' && strings.HasPrefix(name, "vcmp") || o[0] == '$' && name == "vpcmpud":
			list[0] = name + o
		case o[0] == '$':
			list = append(list, plain(o))
		case strings.Contains(o, "("):
			list = append(list, "m")
		case o[0] == 'K' && i > 0 && i < len(operands)-1 && name[0] == 'v':
			marks += "{" + strings.ToLower(o) + "}"
		case o[0] == 'K' && i == 1 && name[0] == 'v' && len(operands) == 3:
			marks += "{" + strings.ToLower(o) + "}"
		case strings.Contains("XYZK", o[:1]):
			list = append(list, strings.Replace(strings.ToLower(o), o[:1], o[:1], 1))
		default:
			list = append(list, "r")
		}
	}
	if suffix == "Z" {
		marks += "{z}"
	}
	if suffix == "BCST" {
		marks += "{1to16}"
	}
	return normal(strings.Join(list, " ") + marks)
}

var (
	address = regexp.MustCompile(`^\s*[0-9a-f]+:\s+`)
	inner   = regexp.MustCompile(`(?:-?0x[0-9a-f]+)?\([^)]*\)`)
	masked  = regexp.MustCompile(`\{(%k[0-7]|z|1to16)\}`)
)

// disassembled is the same of a line of objdump's, whose operands (AT&T) stand
// in Go's order.
func disassembled(line string) string {
	if !address.MatchString(line) {
		return ""
	}
	line = address.ReplaceAllString(line, "")
	line, _, _ = strings.Cut(line, "#")
	line = strings.TrimSpace(spaces.ReplaceAllString(line, " "))
	op, rest, _ := strings.Cut(line, " ")
	if op == "" || op[0] != 'v' && op[0] != 'k' {
		return ""
	}
	marks := strings.Join(masked.FindAllString(rest, -1), "")
	rest = masked.ReplaceAllString(inner.ReplaceAllString(rest, "m"), "")
	list := []string{op}
	for _, o := range strings.Split(rest, ",") {
		switch {
		case o == "":
		case o[0] == '$':
			list = append(list, plain(o))
		case o == "m":
			list = append(list, o)
		case strings.HasPrefix(o, "%xmm"), strings.HasPrefix(o, "%ymm"), strings.HasPrefix(o, "%zmm"):
			list = append(list, strings.ToLower(o[1:2])+o[4:])
		case o[1] == 'k':
			list = append(list, o[1:])
		default:
			list = append(list, "r")
		}
	}
	return normal(strings.Join(list, " ") + marks)
}

// plain is a number without its base.
func plain(o string) string {
	v, err := strconv.ParseInt(o[1:], 0, 64)
	if err != nil {
		return o
	}
	return fmt.Sprintf("$%d", v)
}

// normal brings two spellings together.
func normal(s string) string {
	s = strings.ToLower(s)
	for _, pair := range [][2]string{
		{"{%", "{"}, {"vcmpps$0x11", "vcmplt_oqps"}, {"vcmpps$3", "vcmpunordps"}, {"vcmpps$0x1d", "vcmpge_oqps"},
		{"vpcmpud$5", "vpcmpnltud"}, {"vcvtsi2ssq", "vcvtsi2ss"}, {"vbroadcastss r", "vbroadcastss m"},
	} {
		s = strings.ReplaceAll(s, pair[0], pair[1])
	}
	return s
}
