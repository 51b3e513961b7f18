package seal

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"hash/crc32"
	"strings"

	"datahall"
)

// The heads of the secrets that people and workers show. A scanner for leaked
// secrets finds them by these and by their checksum.
const (
	APIKeyHead = "dh_" // people and programs
	TokenHead  = "dw_" // one attempt of one job
)

// A secret is its head, 32 letters of 5 random bits, and 7 letters of checksum.
const (
	secretBytes   = 20
	secretLetters = 32
	sumLetters    = 7
	shownLetters  = 6
)

// NewAPIKey makes a key of 160 random bits, such as
// dh_8w2m0v4k9c7x1n5q3r6t8y0a2e4g6j8p1b3d5fz.
func NewAPIKey() string { return newSecret(APIKeyHead) }

// NewToken makes the secret of an attempt, in the same form.
func NewToken() string { return newSecret(TokenHead) }

func newSecret(head string) string {
	var b [secretBytes]byte
	rand.Read(b[:])
	s := head + letters.EncodeToString(b[:])
	return s + secretSum(s)
}

func secretSum(s string) string {
	return letters.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(s))))
}

// WellFormed reports whether s can be a secret with this head: a mistyped or
// cut one is known without a look at any store.
func WellFormed(s, head string) bool {
	body, ok := strings.CutPrefix(s, head)
	if !ok || len(body) != secretLetters+sumLetters || strings.Trim(body, datahall.IDAlphabet) != "" {
		return false
	}
	split := len(head) + secretLetters
	return SameHash(secretSum(s[:split]), s[split:])
}

// Prefix is the part of a secret that may be shown, to tell keys apart: 30 of
// its 160 bits.
func Prefix(secret string) string {
	return secret[:min(len(secret), len(APIKeyHead)+shownLetters)]
}

// HashSecret is what is stored of a secret: its digest under a key of the hall.
func HashSecret(k Key, secret string) string { return k.Digest([]byte(secret)) }

// SameHash compares in a time that does not tell where they differ.
func SameHash(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
