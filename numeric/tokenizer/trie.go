package tokenizer

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// trie finds the longest key at the start of a text. Nodes stand level by
// level, so that the children of a node are neighbours: node i has the
// children first[i] to first[i+1]-1 in the order of their labels. Memory is 9
// bytes for each distinct beginning of a key, whatever the keys are.
type trie struct {
	first []uint32
	label []byte
	value []int32 // -1: no key ends here
	root  fan
}

// fan is a dense table of one node's children; 0 is none, since the root is nobody's child.
type fan [256]uint32

// newTrie builds the trie of keys with their values; where a key stands twice
// the first counts. Empty keys are left out.
func newTrie(keys []string, values []int32) *trie {
	order := make([]int, 0, len(keys))
	for i, k := range keys {
		if k != "" {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(strings.Compare(keys[a], keys[b]), cmp.Compare(a, b)) })
	t := &trie{label: []byte{0}, value: []int32{-1}}
	type group struct{ lo, hi, depth int } // keys order[lo:hi] share their first depth bytes
	level := []group{{0, len(order), 0}}
	for len(level) > 0 {
		var next []group
		for _, g := range level {
			t.first = append(t.first, uint32(len(t.label)))
			for i := g.lo; i < g.hi; {
				key := keys[order[i]]
				if len(key) == g.depth { // ends at this node
					i++
					continue
				}
				j, value := i, int32(-1)
				for j < g.hi && keys[order[j]][g.depth] == key[g.depth] {
					j++
				}
				if len(key) == g.depth+1 {
					value = values[order[i]]
				}
				t.label = append(t.label, key[g.depth])
				t.value = append(t.value, value)
				next = append(next, group{i, j, g.depth + 1})
				i = j
			}
		}
		level = next
	}
	t.first = append(t.first, uint32(len(t.label)))
	t.root = t.fan(0)
	return t
}

// fan gives the dense table of a node.
func (t *trie) fan(node uint32) (f fan) {
	for i := t.first[node]; i < t.first[node+1]; i++ {
		f[t.label[i]] = i
	}
	return f
}

// child gives the child of node at label b, or 0.
func (t *trie) child(node uint32, b byte) uint32 {
	lo, hi := t.first[node], t.first[node+1]
	if hi-lo > 8 {
		if i := bytes.IndexByte(t.label[lo:hi], b); i >= 0 {
			return lo + uint32(i)
		}
		return 0
	}
	for i := lo; i < hi; i++ {
		if t.label[i] == b {
			return i
		}
	}
	return 0
}

// find gives the node that key leads to, or 0.
func (t *trie) find(key string) uint32 {
	node := uint32(0)
	for i := range len(key) {
		if node = t.child(node, key[i]); node == 0 {
			return 0
		}
	}
	return node
}

// longest gives the value and length of the longest key, less the part that
// led to the node of from, at the start of s; the length is 0 where none is.
func longest[T string | []byte](t *trie, from *fan, s T) (value int32, length int) {
	if len(s) == 0 {
		return -1, 0
	}
	value = -1
	node := from[s[0]]
	for i := 1; node != 0; i++ {
		if t.value[node] >= 0 {
			value, length = t.value[node], i
		}
		if i == len(s) {
			break
		}
		node = t.child(node, s[i])
	}
	return value, length
}
