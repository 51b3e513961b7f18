// Verdict reads what `go test -json` wrote and says what it means: what
// failed with its output, what was skipped with its reason, and how many
// passed. With -strict a skip that the list does not know is a failure.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
)

// event is a line of `go test -json` (cmd/test2json).
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

type allowed struct {
	test   *regexp.Regexp
	reason string
}

func main() {
	list := flag.String("skips", "", "file of `regexp<TAB>reason` lines: the skips that are right, by \"PACKAGE TEST: what it said\"")
	strict := flag.Bool("strict", false, "skips that are not in the list fail")
	flag.Parse()
	rules, err := readRules(*list)
	if err == nil {
		err = judge(flag.Arg(0), rules, *strict)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func readRules(path string) ([]allowed, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rules []allowed
	for line := range strings.SplitSeq(string(b), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		pattern, reason, ok := strings.Cut(line, "\t")
		if !ok {
			return nil, fmt.Errorf("%s: %q has no reason", path, line)
		}
		re, err := regexp.Compile("^(" + pattern + ")$")
		if err != nil {
			return nil, err
		}
		rules = append(rules, allowed{re, strings.TrimSpace(reason)})
	}
	return rules, nil
}

// judge prints the verdict and is an error where it is bad.
func judge(path string, rules []allowed, strict bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	output := map[string][]string{}
	var passed, failed, skipped int
	var unknown []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text())
			continue
		}
		id := strings.TrimPrefix(e.Package, "datahall/") + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			output[id] = append(output[id], e.Output)
		case "pass":
			if e.Test != "" {
				passed++
			} else {
				fmt.Printf("ok   %-28s %6.1f s\n", e.Package, e.Elapsed)
			}
		case "fail", "build-fail":
			fmt.Printf("FAIL %s\n%s", id, strings.Join(output[id], ""))
			failed++
		case "skip":
			if e.Test == "" {
				continue // a package without tests
			}
			skipped++
			said := id + ": " + clean(strings.Join(output[id], ""))
			switch i := slices.IndexFunc(rules, func(a allowed) bool { return a.test.MatchString(said) }); {
			case i >= 0:
				fmt.Printf("skip %s (%s)\n", said, rules[i].reason)
			case strict:
				unknown = append(unknown, said)
			default:
				fmt.Printf("skip %s\n", said)
			}
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	for _, u := range unknown {
		fmt.Printf("FAIL skipped, but not in the list: %s\n", u)
		failed++
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	if failed > 0 || passed == 0 {
		return fmt.Errorf("not sound")
	}
	return nil
}

var place = regexp.MustCompile(`\S+_test\.go:\d+: `)

// clean takes the test runner's own words out of a skip's output.
func clean(s string) string {
	var keep []string
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimSpace(place.ReplaceAllString(line, ""))
		if line != "" && !strings.HasPrefix(line, "===") && !strings.HasPrefix(line, "---") {
			keep = append(keep, line)
		}
	}
	return strings.Join(keep, " ")
}
