package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Wrong use is told in one line of the reader's language, and ends with 2
// before a hall is looked for.
func TestWrongUse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data.csv")
	if err := os.WriteFile(file, []byte("text,label\na,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ line, en, zh string }{
		{"trian", "trian: no such command; did you mean train?", "trian：没有这个命令；您是否想用 train？"},
		{"dataset foo", "dataset foo: no such command; datahall dataset --help lists them", "dataset foo：没有这个命令；datahall dataset --help 列出全部命令"},
		{"help nothing", "nothing: no such command", "没有这个命令"},
		{"train --foo", "--foo: no such flag; datahall train --help lists them", "--foo：没有这个选项"},
		{"job ls -x", "-x: no such flag", "-x：没有这个选项"},
		{"train --epochs many", "--epochs: \"many\" is not a value", "--epochs：不接受 \"many\""},
		{"train --epochs", "--epochs: its value is missing", "--epochs：缺少它的值"},
		{"train --=3", "--=3: cannot be understood", "--=3：无法理解"},
		{"train", "train: --data is missing; it is used as \"datahall train --data", "train：缺少 --data"},
		{"eval --data x", "eval: --model is missing", "eval：缺少 --model"},
		{"serve m", "serve: --name is missing", "serve：缺少 --name"},
		{"key create", "key create: --name is missing", "key create：缺少 --name"},
		{"key create --name k --expires soon", "--expires soon: is no time to come", "--expires soon：不是将来的时间"},
		{"key create --name k --expires 2001-01-01", "--expires 2001-01-01: is no time to come", "不是将来的时间"},
		{"dataset show", "dataset show: an argument is missing", "dataset show：缺少一个参数"},
		{"dataset show a b", "the argument \"b\" is one too many", "参数 \"b\" 是多余的"},
		{"dataset export d - --json", "--json and - both want standard output", "--json 和 - 都要用标准输出"},
		{"dataset import " + file + " --header maybe", "--header maybe: is neither yes nor no", "--header maybe：不是 yes 或 no"},
		{"dataset import " + filepath.Dir(file), "is a folder; give one file", "是文件夹"},
		{"dataset import https://example.com/a.csv", "addresses are not fetched", "不会从网址下载"},
		{"dataset ls --url 127.0.0.1:7077", "hall 127.0.0.1:7077: not an address; give it as http://HOST:PORT", "不是地址"},
		{"dataset ls --limit -1", "--limit -1: is below 0", "--limit -1：小于 0"},
		{"dataset ls --lang fr", "--lang fr: not spoken here", ""},
		{"predict hello", "neither --model nor --endpoint", "--model 和 --endpoint 都没有给出"},
		{"predict --model m --endpoint e hello", "both --model and --endpoint", "同时给出了 --model 和 --endpoint"},
		{"predict --model m", "there is no text", "没有文本"},
		{"predict --model m --file f x", "both texts and --file", "同时给出了文本和 --file"},
		{"predict --model m -", "-: holds no text", "没有文本"},
		{"tariff set", "says nothing to set", "没有说要设置什么"},
		{"model import " + file, "is a file; give the folder that holds config.json", "是文件"},
		{"model import " + filepath.Dir(file), "has no config.json", "没有 config.json"},
		{"completion tcsh", "the shell \"tcsh\" is unknown; one of bash", "不认识 \"tcsh\""},
	} {
		for lang, want := range map[string]string{"en": c.en, "zh-CN": c.zh} {
			if want == "" {
				continue
			}
			args := strings.Fields(c.line)
			if lang != "en" {
				args = append([]string{"--lang", lang}, args...)
			}
			status, out, err := typed(t, "", args...)
			if status != 2 || out != "" || strings.Count(err, "\n") != 1 || !strings.HasPrefix(err, "datahall: ") || !strings.Contains(err, want) {
				t.Errorf("%s (%s): status %d, out %q, err %q, want 2 and %q", c.line, lang, status, out, err, want)
			}
		}
	}
}

// What is not there is no wrong use: the line may be right tomorrow.
func TestWhatFailsEndsWithOne(t *testing.T) {
	for line, want := range map[string]string{
		"dataset import /nowhere/x.csv": "/nowhere/x.csv: there is no such file; check its name and folder",
		"model import /nowhere":         "/nowhere: there is no such folder",
		"dataset ls":                    "could not be started",
	} {
		status, out, err := typed(t, "", strings.Fields(line)...)
		if status != 1 || out != "" || strings.Count(err, "\n") != 1 || !strings.Contains(err, want) {
			t.Errorf("%s: status %d, out %q, err %q", line, status, out, err)
		}
	}
}

func TestCommandsWithoutAHall(t *testing.T) {
	status, out, _ := typed(t, "", "version", "--json")
	if status != 0 || !strings.HasPrefix(out, `{"version":"1.2.3","system":"`) || strings.Count(out, "\n") != 1 {
		t.Errorf("version: %d %q", status, out)
	}
	if status, out, _ := typed(t, "", "stop", "--json"); status != 0 || out != "{\"stopped\":false}\n" {
		t.Errorf("stop where none runs: %d %q", status, out)
	}
	if status, _, _ := typed(t, "", "work"); status != 7 {
		t.Errorf("work ends with %d, want its own status", status)
	}
	if status, out, err := typed(t, "", "doctor"); status != 0 || !strings.Contains(out, "none runs; commands start one") {
		t.Errorf("doctor: %d %s %s", status, out, err)
	}
}
