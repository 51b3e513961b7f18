package prep

import (
	"math"
	"slices"
)

// gramLength is the characters of a shingle.
const gramLength = 5

// Threshold is the Jaccard similarity from which two texts are nearly the same.
const Threshold = 0.8

// shingles is the set of a text's 5-grams, as sorted keys: the rarest first.
// A key holds how often its gram occurs (16 bits) above the gram's hash.
type shingles []uint64

// census counts grams in a table of fixed size. Grams that share a place make
// each other look more frequent; that costs time, not exactness, since the
// order of keys is the same for all texts.
type census struct{ counts []uint32 }

const censusBits = 20

func newCensus() *census { return &census{make([]uint32, 1<<censusBits)} }

// hashes gives the hash of each 5-gram of a normalised text; of the whole text
// where it is shorter.
func hashes(text string, buf []uint64) []uint64 {
	buf = buf[:0]
	var ring [gramLength]rune
	n := 0
	for _, r := range text {
		copy(ring[:], ring[1:])
		ring[gramLength-1] = r
		if n++; n >= gramLength {
			buf = append(buf, hashRunes(ring))
		}
	}
	if n > 0 && n < gramLength {
		buf = append(buf, hashRunes(ring))
	}
	return buf
}

// hashRunes mixes five runes into 64 bits (the finaliser of SplitMix64, twice).
func hashRunes(r [gramLength]rune) uint64 {
	h := mix(uint64(r[0])<<42 | uint64(r[1])<<21 | uint64(r[2]))
	return mix(h ^ uint64(r[3])<<21 ^ uint64(r[4]))
}

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (c *census) count(text string, buf []uint64) []uint64 {
	buf = hashes(text, buf)
	for _, h := range buf {
		c.counts[h>>(64-censusBits)]++
	}
	return buf
}

// shinglesOf makes the sorted set of a text.
func (c *census) shinglesOf(text string, buf []uint64) (shingles, []uint64) {
	buf = hashes(text, buf)
	s := make(shingles, len(buf))
	for i, h := range buf {
		n := min(c.counts[h>>(64-censusBits)], math.MaxUint16)
		s[i] = uint64(n)<<48 | h&(1<<48-1)
	}
	slices.Sort(s)
	return slices.Compact(s), buf
}

// prefix is how many of the rarest keys two sets must share one of, if they
// are similar at all (Chaudhuri, Ganti and Kaushik 2006; Bayardo, Ma and
// Srikant 2007).
func (s shingles) prefix() int {
	return len(s) - int(math.Ceil(Threshold*float64(len(s))-1e-9)) + 1
}

// jaccard is the similarity of two sets, 0 where it is below the threshold.
func jaccard(a, b shingles) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	least := int(math.Ceil(Threshold/(1+Threshold)*float64(len(a)+len(b)) - 1e-9))
	common, i, j := 0, 0, 0
	for i < len(a) && j < len(b) && common+min(len(a)-i, len(b)-j) >= least {
		switch {
		case a[i] == b[j]:
			common++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	if common < least {
		return 0
	}
	return float64(common) / float64(len(a)+len(b)-common)
}
