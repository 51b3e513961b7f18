package seal

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
)

// KeySize is the length of every key, in bytes.
const KeySize = 32

// Key is a secret. It prints as its public id, never as itself.
type Key [KeySize]byte

// KeyID names a key without telling it: it is derived from the key.
type KeyID [8]byte

// Keyring finds a key by its id, for values sealed under keys of several ages.
type Keyring func(KeyID) (Key, bool)

// NewKey makes a random key.
func NewKey() Key {
	var k Key
	rand.Read(k[:])
	return k
}

// Derive makes a key for a purpose and the names of what it is for: HKDF-Expand
// with SHA-256 (RFC 5869), the labels length-prefixed so that none runs into
// the next.
func (k Key) Derive(purpose string, names ...string) Key {
	return Key(k.expand("datahall key v1", KeySize, append([]string{purpose}, names...)...))
}

// ID gives the key's public id.
func (k Key) ID() KeyID { return KeyID(k.expand("datahall key id v1", len(KeyID{}))) }

// Ring is the keyring that holds these keys.
func Ring(keys ...Key) Keyring {
	byID := make(map[KeyID]Key, len(keys))
	for _, k := range keys {
		byID[k.ID()] = k
	}
	return func(id KeyID) (Key, bool) {
		k, ok := byID[id]
		return k, ok
	}
}

// NewDigest is the keyed digest that addresses are made of: HMAC-SHA-256. Who
// lacks the key cannot tell whether a known text is stored.
func (k Key) NewDigest() hash.Hash { return hmac.New(sha256.New, k[:]) }

// Digest is the keyed digest of b, in hex.
func (k Key) Digest(b []byte) string {
	h := k.NewDigest()
	h.Write(b)
	return hex.EncodeToString(h.Sum(nil))
}

// IsZero reports whether the key was never set.
func (k Key) IsZero() bool { return k == Key{} }

// Format prints the key's id whatever the verb, so that no log can hold a key.
func (k Key) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "[key %s]", k.ID()) }

// String renders the id in hex.
func (id KeyID) String() string { return hex.EncodeToString(id[:]) }

// expand derives size bytes for length-prefixed labels.
func (k Key) expand(domain string, size int, labels ...string) []byte {
	out, err := hkdf.Expand(sha256.New, k[:], string(frame(append([]string{domain}, labels...))), size)
	if err != nil {
		panic("seal: " + err.Error()) // only for more than 255 digests' worth of bytes
	}
	return out
}

// frame writes each part behind its length, so that different lists never
// give the same bytes.
func frame(parts []string) []byte {
	var b []byte
	for _, p := range parts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		b = append(b, p...)
	}
	return b
}
