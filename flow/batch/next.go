package batch

// Question is what waits: the lengths of its texts that have not gone yet, in
// tokens, in order.
type Question struct {
	Lengths []int
}

// Limits bound a step.
type Limits struct {
	Tokens int // of all texts together; a single longer text goes alone
	Rows   int
}

// Next gives, for each question in the order of arrival, how many of its texts
// go in the next step: in turn, one of each, until a limit is met. Where
// anything waits, at least one text goes, and the oldest question has one.
func Next(queue []Question, l Limits) []int {
	take := make([]int, len(queue))
	tokens, rows := 0, 0
	for more := true; more; {
		more = false
		for i, q := range queue {
			if take[i] == len(q.Lengths) {
				continue
			}
			n := q.Lengths[take[i]]
			if rows > 0 && (rows+1 > l.Rows || tokens+n > l.Tokens) {
				return take
			}
			take[i]++
			tokens += n
			rows++
			more = true
		}
	}
	return take
}
