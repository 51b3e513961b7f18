//go:build amd64 && !purego

package kernel

import (
	"encoding/binary"
	"strings"
)

// cpuid asks the processor about itself.
//
//go:noescape
func cpuid(leaf, sub uint32) (a, b, c, d uint32)

// brand is the processor's own name: 48 bytes from leaves 0x80000002 to
// 0x80000004 (Intel's and AMD's manuals, CPUID).
func brand() string {
	if most, _, _, _ := cpuid(0x80000000, 0); most < 0x80000004 {
		return "unknown"
	}
	var text []byte
	for leaf := uint32(0x80000002); leaf <= 0x80000004; leaf++ {
		a, b, c, d := cpuid(leaf, 0)
		for _, word := range []uint32{a, b, c, d} {
			text = binary.LittleEndian.AppendUint32(text, word)
		}
	}
	name := strings.TrimSpace(strings.TrimRight(string(text), "\x00"))
	if name == "" {
		return "unknown"
	}
	return strings.Join(strings.Fields(name), " ")
}
