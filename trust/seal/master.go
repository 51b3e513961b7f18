package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"fmt"

	"datahall"
)

// MasterKey wraps the keys of projects. It stands in one file outside the
// database, so that a copied database alone opens nothing.
type MasterKey struct{ key Key }

// masterHead begins the only line of a master key file.
const masterHead = "datahall-master-key-v1"

// letters is base 32 in the alphabet of our identifiers.
var letters = base32.NewEncoding(datahall.IDAlphabet).WithPadding(base32.NoPadding)

// NewMasterKey makes a random master key.
func NewMasterKey() MasterKey { return MasterKey{NewKey()} }

// Encode gives the content of the key's file: one line with a checksum.
func (m MasterKey) Encode() []byte {
	return fmt.Appendf(nil, "%s %s\n", masterHead, letters.EncodeToString(append(m.key[:], masterSum(m.key)...)))
}

// ParseMasterKey reads what [MasterKey.Encode] wrote; white space around it is
// allowed, since people copy keys by hand.
func ParseMasterKey(file []byte) (MasterKey, error) {
	fields := bytes.Fields(file[:min(len(file), 1024)])
	if len(file) > 1024 || len(fields) != 2 || string(fields[0]) != masterHead {
		return MasterKey{}, datahall.Errorf(datahall.Invalid, "master key: this is not a master key of version 1; bring back the file from where you keep its copy")
	}
	raw, err := letters.DecodeString(string(fields[1]))
	if err != nil || len(raw) != KeySize+masterSumSize || letters.EncodeToString(raw) != string(fields[1]) {
		return MasterKey{}, errMasterDamaged()
	}
	m := MasterKey{Key(raw[:KeySize])}
	if !bytes.Equal(raw[KeySize:], masterSum(m.key)) || m.IsZero() {
		return MasterKey{}, errMasterDamaged()
	}
	return m, nil
}

func errMasterDamaged() error {
	return datahall.Errorf(datahall.Invalid, "master key: the file is damaged (its checksum does not fit); bring it back from where you keep its copy")
}

// ID gives the master key's public id.
func (m MasterKey) ID() KeyID { return m.key.ID() }

// IsZero reports whether the key was never set.
func (m MasterKey) IsZero() bool { return m.key.IsZero() }

// Derive makes a key of the hall itself, for what belongs to no project.
func (m MasterKey) Derive(purpose string, names ...string) Key {
	return m.key.Derive("hall/"+purpose, names...)
}

// Wrap seals a key for its owner, a project's id for example.
func (m MasterKey) Wrap(k Key, owner string) []byte {
	return NewBox(m.key.Derive("wrap")).Seal(k[:], "wrapped key", owner)
}

// Unwrap opens what [MasterKey.Wrap] made for the same owner.
func (m MasterKey) Unwrap(wrapped []byte, owner string) (Key, error) {
	b, err := NewBox(m.key.Derive("wrap")).Open(wrapped, "wrapped key", owner)
	if err != nil {
		return Key{}, err
	}
	if len(b) != KeySize {
		return Key{}, errChanged()
	}
	return Key(b), nil
}

// Format prints the key's id whatever the verb.
func (m MasterKey) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "[master key %s]", m.ID()) }

// masterSumSize is the length of the checksum, in bytes: 40 and 32 bytes are
// whole numbers of base-32 letters' groups.
const masterSumSize = 8

func masterSum(k Key) []byte {
	sum := sha256.Sum256(append([]byte(masterHead), k[:]...))
	return sum[:masterSumSize]
}
