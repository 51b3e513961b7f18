package seal

import (
	"crypto/cipher"
	"crypto/rand"

	"datahall"

	"golang.org/x/crypto/chacha20poly1305"
)

// A box is version (1 byte), key id (8), nonce (24), sealed bytes, tag (16).
const (
	boxVersion  = 1
	boxHead     = 1 + len(KeyID{})
	boxNonce    = chacha20poly1305.NonceSizeX
	boxOverhead = boxHead + boxNonce + chacha20poly1305.Overhead
)

// MaxBox is the most plain bytes that a [Box] seals; what is longer is a stream.
const MaxBox = 64 << 20

// Box seals small values. Random nonces of 192 bits leave no limit on their number.
type Box struct {
	id    KeyID // of the key that seals
	aeads map[KeyID]cipher.AEAD
}

// NewBox seals with current and opens with it and older keys.
func NewBox(current Key, older ...Key) Box {
	b := Box{id: current.ID(), aeads: map[KeyID]cipher.AEAD{}}
	for _, k := range append([]Key{current}, older...) {
		aead, err := chacha20poly1305.NewX(k[:])
		if err != nil {
			panic("seal: " + err.Error()) // only for another key length
		}
		b.aeads[k.ID()] = aead
	}
	return b
}

// Seal seals plain for a place: table, column and row id, say. The same place
// must be named to open it. Two seals of the same value differ.
func (b Box) Seal(plain []byte, place ...string) []byte {
	if len(plain) > MaxBox {
		panic("seal: a box holds at most 64 MiB; write a stream")
	}
	out := make([]byte, boxHead+boxNonce, len(plain)+boxOverhead)
	out[0] = boxVersion
	copy(out[1:], b.id[:])
	rand.Read(out[boxHead:])
	return b.aeads[b.id].Seal(out, out[boxHead:], plain, boxData(out[:boxHead], place))
}

// Open gives the plain bytes, or an error where one bit or the place differs.
func (b Box) Open(sealed []byte, place ...string) ([]byte, error) {
	if len(sealed) < boxOverhead || len(sealed) > MaxBox+boxOverhead {
		return nil, errChanged()
	}
	if sealed[0] != boxVersion {
		return nil, errNewer(sealed[0])
	}
	aead, ok := b.aeads[KeyID(sealed[1:boxHead])]
	if !ok {
		return nil, errNoKey(KeyID(sealed[1:boxHead]))
	}
	nonce, body := sealed[boxHead:boxHead+boxNonce], sealed[boxHead+boxNonce:]
	plain, err := aead.Open(nil, nonce, body, boxData(sealed[:boxHead], place))
	if err != nil {
		return nil, errChanged()
	}
	return plain, nil
}

// boxData is what is authenticated beside the value: head and place.
func boxData(head []byte, place []string) []byte {
	return frame(append([]string{"datahall box", string(head)}, place...))
}

func errChanged() error {
	return datahall.Errorf(datahall.Internal, "sealed data: it was changed or cut since it was written; restore it from a backup")
}

func errNewer(version byte) error {
	return datahall.Errorf(datahall.Internal, "sealed data: its version %s is unknown; use the program that wrote it, or a newer one", version)
}

func errNoKey(id KeyID) error {
	return datahall.Errorf(datahall.Internal, "sealed data: the key %s that it was sealed with is not here; bring back the master key and the project that belong to it", id)
}
