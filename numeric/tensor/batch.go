package tensor

import "fmt"

// Batch is a packed (ragged) batch: Tokens() tokens in Rows() rows, none of
// them padding. Row i is IDs[Offsets[i]:Offsets[i+1]]; positions count from 0
// in each row.
type Batch struct {
	IDs      []int32 // token ids, rows end to end
	Segments []int32 // 0 or 1 for each token; empty: all 0
	Offsets  []int32 // cumulative, Rows()+1 of them, the first is 0
}

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	b.IDs, b.Segments, b.Offsets = b.IDs[:0], b.Segments[:0], append(b.Offsets[:0], 0)
}

// Append adds a row. Segments are of the length of ids, or empty: all 0.
func (b *Batch) Append(ids, segments []int32) {
	if len(segments) != 0 && len(segments) != len(ids) {
		panic(fmt.Sprintf("tensor: %d segments for %d ids", len(segments), len(ids)))
	}
	if len(b.Offsets) == 0 {
		b.Offsets = append(b.Offsets, 0)
	}
	if len(segments) > 0 || len(b.Segments) > 0 {
		for len(b.Segments) < len(b.IDs) {
			b.Segments = append(b.Segments, 0)
		}
		b.Segments = append(b.Segments, segments...)
	}
	b.IDs = append(b.IDs, ids...)
	for len(b.Segments) > 0 && len(b.Segments) < len(b.IDs) {
		b.Segments = append(b.Segments, 0)
	}
	b.Offsets = append(b.Offsets, int32(len(b.IDs)))
}

// Rows is the number of rows.
func (b *Batch) Rows() int { return max(0, len(b.Offsets)-1) }

// Tokens is the number of tokens of all rows.
func (b *Batch) Tokens() int { return len(b.IDs) }

// Row gives the ids of row i.
func (b *Batch) Row(i int) []int32 { return b.IDs[b.Offsets[i]:b.Offsets[i+1]] }

// Segment is the segment of token i of the batch.
func (b *Batch) Segment(i int) int32 {
	if len(b.Segments) == 0 {
		return 0
	}
	return b.Segments[i]
}

// Longest is the length of the longest row.
func (b *Batch) Longest() int {
	n := 0
	for i := range b.Rows() {
		n = max(n, int(b.Offsets[i+1]-b.Offsets[i]))
	}
	return n
}

// Check says what is wrong with a batch for a model that knows vocabulary ids,
// positions and segments. An empty row is refused: it has no first token.
func (b *Batch) Check(vocabulary, positions, segments int) error {
	if len(b.Offsets) < 2 || b.Offsets[0] != 0 || int(b.Offsets[len(b.Offsets)-1]) != len(b.IDs) {
		return fmt.Errorf("batch: offsets do not span its %d tokens", len(b.IDs))
	}
	if len(b.Segments) != 0 && len(b.Segments) != len(b.IDs) {
		return fmt.Errorf("batch: %d segments for %d tokens", len(b.Segments), len(b.IDs))
	}
	for i := range b.Rows() {
		n := int(b.Offsets[i+1]) - int(b.Offsets[i])
		if n < 1 {
			return fmt.Errorf("batch: row %d has no tokens", i)
		}
		if n > positions {
			return fmt.Errorf("batch: row %d has %d tokens, the model has %d positions", i, n, positions)
		}
	}
	for i, id := range b.IDs {
		if id < 0 || int(id) >= vocabulary {
			return fmt.Errorf("batch: token %d has id %d, the vocabulary has %d", i, id, vocabulary)
		}
	}
	for i, s := range b.Segments {
		if s < 0 || int(s) >= segments {
			return fmt.Errorf("batch: token %d has segment %d, the model has %d", i, s, segments)
		}
	}
	return nil
}
