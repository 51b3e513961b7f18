package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"math"

	"datahall"
)

// A stream of version 1:
//
//	offset  bytes  what
//	0       4      "DHSL"
//	4       1      version, 1
//	5       1      log2 of the chunk length, 16
//	6       2      zero
//	8       8      key id
//	16      32     salt, random
//	48      32     commitment: fits one key only
//	80      …      chunks: at most 65,536 sealed bytes and a tag of 16 each
//
// HKDF-SHA-256 over key, salt and the first 16 bytes gives the stream's own
// AES-256 key, a nonce prefix and the commitment. The nonce of chunk i is
// prefix (7 bytes), i (4, big endian), 1 for the last chunk and 0 for others.
// All chunks but the last are full, and the last is empty only where the whole
// stream is, so a plain length has one sealed length and the reverse.
const (
	streamMagic   = "DHSL"
	streamVersion = 1
	chunkBits     = 16
	headSize      = 80
	saltAt        = 16
	commitAt      = 48
	tagSize       = 16
	prefixSize    = 7
)

// ChunkSize is the length of a chunk before sealing, in bytes.
const ChunkSize = 1 << chunkBits

// sealedChunk is the length of a full chunk as it is stored.
const sealedChunk = ChunkSize + tagSize

// MaxStream is the most plain bytes of a stream: chunks are counted in 32 bits.
const MaxStream = int64(math.MaxUint32) * ChunkSize

// SealedSize gives the length of the stream that holds plain bytes.
func SealedSize(plain int64) int64 {
	chunks := max(1, (plain+ChunkSize-1)/ChunkSize)
	return headSize + plain + chunks*tagSize
}

// PlainSize gives the number of plain bytes in a stream of a length, and an
// error where no stream has that length.
func PlainSize(sealed int64) (int64, error) {
	body := sealed - headSize
	if body < tagSize {
		return 0, errChanged()
	}
	chunks := (body + sealedChunk - 1) / sealedChunk
	plain := body - chunks*tagSize
	if plain < 0 || plain > MaxStream || SealedSize(plain) != sealed {
		return 0, errChanged()
	}
	return plain, nil
}

// cipherOf is what opens and seals the chunks of one stream.
type cipherOf struct {
	aead   cipher.AEAD
	prefix [prefixSize]byte
}

// newHead writes a stream's head for a key and a salt.
func newHead(k Key, salt []byte) ([]byte, cipherOf) {
	head := make([]byte, headSize)
	copy(head, streamMagic)
	head[4], head[5] = streamVersion, chunkBits
	id := k.ID()
	copy(head[8:], id[:])
	copy(head[saltAt:], salt)
	c, commitment := deriveStream(k, head)
	copy(head[commitAt:], commitment)
	return head, c
}

// parseHead checks a stream's head and finds its key.
func parseHead(head []byte, keys Keyring) (cipherOf, error) {
	if len(head) != headSize || string(head[:4]) != streamMagic {
		return cipherOf{}, datahall.Errorf(datahall.Internal, "sealed data: this is not sealed data; restore it from a backup")
	}
	if head[4] != streamVersion {
		return cipherOf{}, errNewer(head[4])
	}
	if head[5] != chunkBits || head[6] != 0 || head[7] != 0 {
		return cipherOf{}, errChanged()
	}
	id := KeyID(head[8:saltAt])
	k, ok := keys(id)
	if !ok {
		return cipherOf{}, errNoKey(id)
	}
	c, commitment := deriveStream(k, head)
	if subtle.ConstantTimeCompare(commitment, head[commitAt:]) != 1 {
		return cipherOf{}, errChanged()
	}
	return c, nil
}

func deriveStream(k Key, head []byte) (cipherOf, []byte) {
	info := "datahall stream v1" + string(head[:saltAt])
	out, err := hkdf.Key(sha256.New, k[:], head[saltAt:commitAt], info, KeySize+prefixSize+headSize-commitAt)
	if err != nil {
		panic("seal: " + err.Error()) // only for more than 255 digests' worth of bytes
	}
	block, err := aes.NewCipher(out[:KeySize])
	if err != nil {
		panic("seal: " + err.Error()) // only for another key length
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("seal: " + err.Error()) // only for another block length
	}
	return cipherOf{aead, [prefixSize]byte(out[KeySize:])}, out[KeySize+prefixSize:]
}

// nonce is that of chunk i, 12 bytes.
func (c cipherOf) nonce(i uint32, last bool) []byte {
	n := make([]byte, 0, 12)
	n = append(n, c.prefix[:]...)
	n = binary.BigEndian.AppendUint32(n, i)
	if last {
		return append(n, 1)
	}
	return append(n, 0)
}

// seal appends chunk i to dst.
func (c cipherOf) seal(dst, plain []byte, i uint32, last bool) []byte {
	return c.aead.Seal(dst, c.nonce(i, last), plain, nil)
}

// open gives the plain bytes of chunk i, in the memory of sealed.
func (c cipherOf) open(sealed []byte, i uint32, last bool) ([]byte, error) {
	if len(sealed) < tagSize || (len(sealed) == tagSize && i > 0) || (!last && len(sealed) != sealedChunk) {
		return nil, errChanged()
	}
	plain, err := c.aead.Open(sealed[:0], c.nonce(i, last), sealed, nil)
	if err != nil {
		return nil, errChanged()
	}
	return plain, nil
}
