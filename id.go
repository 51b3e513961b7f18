package datahall

import "strconv"

// IDAlphabet is what identifiers are made of: no letter that reads as a digit.
const IDAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// NewID makes an identifier such as "job-3k8m0v9xq2": the prefix says what it
// names, the letters come from ten random bytes.
func NewID(prefix string, random [10]byte) string {
	b := append([]byte(prefix), '-')
	for _, r := range random {
		b = append(b, IDAlphabet[r&31])
	}
	return string(b)
}

func itoa(n int) string { return strconv.Itoa(n) }
