package datahall

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestMessagesAreData(t *testing.T) {
	m := Say("file %s: bad (%s); mend it", "x.csv", Say("row %s is empty", 3))
	if got, want := m.String(), "file x.csv: bad (row 3 is empty); mend it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back Message
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, m) {
		t.Errorf("%s came back as %+v, %v", b, back, err)
	}
	if got := Say("100%% of it").String(); got != "100% of it" {
		t.Errorf("got %q", got)
	}
}
