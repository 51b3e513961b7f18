package seal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datahall"
)

var update = flag.Bool("update", false, "write fixtures that are missing")

func TestBoxOpensInItsPlaceOnly(t *testing.T) {
	old, current := NewKey(), NewKey()
	before := NewBox(old).Seal([]byte("secret"), "jobs", "spec", "j1")
	b := NewBox(current, old)
	for _, sealed := range [][]byte{before, b.Seal([]byte("secret"), "jobs", "spec", "j1")} {
		if got, err := b.Open(sealed, "jobs", "spec", "j1"); err != nil || string(got) != "secret" {
			t.Errorf("Open = %q, %v", got, err)
		}
		for _, place := range [][]string{{}, {"jobs", "spec", "j2"}, {"jobs", "spec"}, {"jobsspec", "j1"}, {"jobs", "spe", "cj1"}, {"jobs", "spec", "j1", ""}} {
			if _, err := b.Open(sealed, place...); err == nil {
				t.Errorf("opened at %q", place)
			}
		}
	}
	if _, err := NewBox(current).Open(before, "jobs", "spec", "j1"); !strings.Contains(err.Error(), old.ID().String()) {
		t.Errorf("without the key: %v, which does not name it", err)
	}
	if bytes.Equal(b.Seal([]byte("x")), b.Seal([]byte("x"))) {
		t.Error("two seals of the same value are the same")
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	k := NewKey()
	m := MasterKey{k}
	raw := []string{hex.EncodeToString(k[:4]), fmt.Sprint(k[0], k[1], k[2])[1:], string(k[:4])}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, v := range []any{k, &k, m, &m, struct{ K Key }{k}, []Key{k}, map[string]Key{"k": k}} {
			text := fmt.Sprintf(verb, v)
			for _, r := range raw {
				if strings.Contains(strings.ToLower(text), r) {
					t.Errorf("%s of %T prints the key", verb, v)
				}
			}
		}
	}
}

func TestDerivedKeysAreApart(t *testing.T) {
	k := Key{1}
	seen := map[Key]string{}
	for name, d := range map[string]Key{
		"itself": k, "a": k.Derive("a"), "b": k.Derive("b"), "ab": k.Derive("ab"), "a b": k.Derive("a", "b"), "a,b,empty": k.Derive("a", "b", ""),
		"of another": Key{2}.Derive("a"), "of the hall": MasterKey{k}.Derive("a"), "empty": k.Derive(""),
	} {
		if other, ok := seen[d]; ok {
			t.Errorf("%s and %s are the same key", name, other)
		}
		seen[d] = name
	}
	if first, second := k.Derive("a", "b"), k.Derive("a", "b"); first != second {
		t.Error("a key is derived differently the second time")
	}
}

func TestMasterKeyFile(t *testing.T) {
	m := NewMasterKey()
	line := string(m.Encode())
	for _, good := range []string{line, strings.TrimSpace(line), "\n  " + line + "\r\n"} {
		if got, err := ParseMasterKey([]byte(good)); err != nil || got != m {
			t.Errorf("%q: %v", good, err)
		}
	}
	key := strings.Fields(line)[1]
	for i := range key { // every single letter mistyped
		wrong := byte('0')
		if key[i] == wrong {
			wrong = '1'
		}
		if got, err := ParseMasterKey([]byte(masterHead + " " + key[:i] + string(wrong) + key[i+1:])); err == nil || !got.IsZero() {
			t.Fatalf("letter %d was changed and nobody saw", i)
		}
	}
	for _, bad := range []string{"", masterHead, masterHead + " abc", "datahall-master-key-v2 " + key, masterHead + " " + strings.ToUpper(key), line + "x", strings.Repeat(" ", 2000) + line} {
		if _, err := ParseMasterKey([]byte(bad)); datahall.KindOf(err) != datahall.Invalid {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
}

func TestWrappedKeysOpenForTheirOwnerOnly(t *testing.T) {
	m, k := NewMasterKey(), NewKey()
	w := m.Wrap(k, "project/a")
	if got, err := m.Unwrap(w, "project/a"); err != nil || got != k {
		t.Errorf("Unwrap: %v", err)
	}
	if _, err := m.Unwrap(w, "project/b"); err == nil {
		t.Error("opened for another project")
	}
	if _, err := NewMasterKey().Unwrap(w, "project/a"); err == nil {
		t.Error("opened by another master key")
	}
}

func TestSecrets(t *testing.T) {
	k := NewKey()
	for head, make := range map[string]func() string{APIKeyHead: NewAPIKey, TokenHead: NewToken} {
		s := make()
		if !strings.HasPrefix(s, head) || !WellFormed(s, head) || len(s) != 42 {
			t.Errorf("%q is not well formed", s)
		}
		if s == make() {
			t.Error("the same secret twice")
		}
		for i := range s {
			wrong := byte('0')
			if s[i] == wrong {
				wrong = '1'
			}
			if WellFormed(s[:i]+string(wrong)+s[i+1:], head) {
				t.Errorf("letter %d was mistyped and nobody saw", i)
			}
		}
		for _, bad := range []string{"", head, s[:len(s)-1], s + "0", strings.ToUpper(s), "xx_" + s[3:]} {
			if WellFormed(bad, head) {
				t.Errorf("%q is taken for a secret", bad)
			}
		}
		if WellFormed(s, APIKeyHead) == WellFormed(s, TokenHead) {
			t.Error("a token passes for a key")
		}
		if p := Prefix(s); len(p) != 9 || !strings.HasPrefix(s, p) || strings.Contains(HashSecret(k, s), p) {
			t.Errorf("Prefix = %q", p)
		}
		if h := HashSecret(k, s); h != k.Digest([]byte(s)) || h == HashSecret(NewKey(), s) {
			t.Error("the hash is not one of key and secret")
		}
	}
	if Prefix("dh") != "dh" {
		t.Error("the prefix of what is shorter than one")
	}
}

// Fixtures of version 1: what was written then opens for good.
func TestVersion1StillOpens(t *testing.T) {
	key := Key([]byte("version 1 of the sealed formats!"))
	plains := map[string]string{
		"stream-empty": "", "stream-short": "一行 of text", "stream-two-chunks": strings.Repeat("datahall ", 7300),
		"box": `{"kind":"train"}`, "master.key": "", "wrapped": "",
	}
	master := MasterKey{key.Derive("master of the fixtures")}
	for name, plain := range plains {
		path := filepath.Join("testdata", "v1", name)
		if _, err := os.Stat(path); os.IsNotExist(err) && *update {
			writeFixture(t, path, name, key, master, plain)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var got []byte
		switch name {
		case "box":
			got, err = NewBox(key).Open(b, "jobs", "spec", "job-1")
		case "master.key":
			var m MasterKey
			if m, err = ParseMasterKey(b); m != master {
				t.Errorf("%s: another key, %v", name, err)
			}
		case "wrapped":
			var k Key
			if k, err = master.Unwrap(b, "project/default"); k != key {
				t.Errorf("%s: another key, %v", name, err)
			}
		default:
			got, err = openAll(b, Ring(key))
		}
		if err != nil || string(got) != plain {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for purpose, want := range map[string]string{"": "1c5e2a86d1017fe6", "digest": "f31a7bdc50a93fc8"} {
		k := key
		if purpose != "" {
			k = key.Derive(purpose, "name")
		}
		if got := k.ID().String(); got != want {
			t.Errorf("the id of the key for %q is %s, was %s: what it sealed would not open", purpose, got, want)
		}
	}
	if got, want := key.Digest([]byte("hello"))[:16], "3fb2327e0d254628"; got != want {
		t.Errorf("Digest = %s, was %s: no blob would be found", got, want)
	}
}

func writeFixture(t *testing.T, path, name string, key Key, master MasterKey, plain string) {
	t.Helper()
	var b []byte
	switch name {
	case "box":
		b = NewBox(key).Seal([]byte(plain), "jobs", "spec", "job-1")
	case "master.key":
		b = master.Encode()
	case "wrapped":
		b = master.Wrap(key, "project/default")
	default:
		b = sealed(t, key, []byte(plain))
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAKeyOfBytesTravelsAsJSON(t *testing.T) {
	k := NewKey()
	b, err := json.Marshal(k[:])
	if err != nil {
		t.Fatal(err)
	}
	var back []byte
	if err := json.Unmarshal(b, &back); err != nil || Key(back) != k {
		t.Errorf("%v", err)
	}
}

func TestRandomKeysDiffer(t *testing.T) {
	one, two, master, other := NewKey(), NewKey(), NewMasterKey(), NewMasterKey()
	if one == two || master == other || one.IsZero() || master.IsZero() {
		t.Error("randomness is missing")
	}
}
