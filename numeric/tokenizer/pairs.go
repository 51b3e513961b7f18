package tokenizer

import (
	"container/heap"
	"strings"
)

// pair is two neighbouring pieces, as (left id)<<32 | right id.
type pair uint64

func pairOf(left, right int32) pair        { return pair(left)<<32 | pair(uint32(right)) }
func (p pair) pieces() (left, right int32) { return int32(p >> 32), int32(uint32(p)) }

// pairs counts the pairs in all words and finds the most frequent.
type pairs struct {
	count map[pair]int64
	where map[pair][]int32 // words in which it stood, some of them no longer
	queue pairQueue
}

// candidate is a pair with the count it had when it was queued.
type candidate struct {
	pair  pair
	count int64
}

// pairQueue is a heap: most frequent first, then lower ids first.
type pairQueue []candidate

func (q pairQueue) Len() int { return len(q) }
func (q pairQueue) Less(i, j int) bool {
	if q[i].count != q[j].count {
		return q[i].count > q[j].count
	}
	return q[i].pair < q[j].pair
}
func (q pairQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *pairQueue) Push(x any)   { *q = append(*q, x.(candidate)) }
func (q *pairQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// joinPairs joins the most frequent pair until the vocabulary is full or no
// pair occurs least times.
func (v *vocabularyBuilder) joinPairs(least int) {
	p := v.countPairs()
	for len(v.tokens) < v.size {
		best, ok := p.best()
		if !ok || best.count < int64(least) {
			return
		}
		left, right := best.pair.pieces()
		joined := v.token(v.tokens[left] + strings.TrimPrefix(v.tokens[right], "##"))
		p.join(v.words, best.pair, joined)
	}
}

func (v *vocabularyBuilder) countPairs() *pairs {
	p := &pairs{count: map[pair]int64{}, where: map[pair][]int32{}}
	for i, w := range v.words {
		for j := 1; j < len(w.pieces); j++ {
			p.add(pairOf(w.pieces[j-1], w.pieces[j]), int32(i), w.count)
		}
	}
	p.queue = make(pairQueue, 0, len(p.count))
	for k, n := range p.count {
		p.queue = append(p.queue, candidate{k, n})
	}
	heap.Init(&p.queue)
	return p
}

func (p *pairs) add(k pair, word int32, count int64) {
	p.count[k] += count
	if list := p.where[k]; len(list) == 0 || list[len(list)-1] != word {
		p.where[k] = append(list, word)
	}
}

// best gives the most frequent pair. What was queued with a count that holds
// no longer goes back with the right one.
func (p *pairs) best() (candidate, bool) {
	for len(p.queue) > 0 {
		top := p.queue[0]
		now := p.count[top.pair]
		if now == top.count && now > 0 {
			heap.Pop(&p.queue)
			return top, true
		}
		if now <= 0 {
			heap.Pop(&p.queue)
			continue
		}
		p.queue[0].count = now
		heap.Fix(&p.queue, 0)
	}
	return candidate{}, false
}

// join replaces a pair by its joined piece in all words.
func (p *pairs) join(words []cutWord, k pair, joined int32) {
	left, right := k.pieces()
	fresh := map[pair]bool{}
	for _, i := range p.where[k] {
		w := &words[i]
		pieces := w.pieces
		for j := 0; j+1 < len(pieces); j++ {
			if pieces[j] != left || pieces[j+1] != right {
				continue
			}
			if j > 0 {
				p.count[pairOf(pieces[j-1], left)] -= w.count
				p.addFresh(pairOf(pieces[j-1], joined), i, w.count, fresh)
			}
			if j+2 < len(pieces) {
				p.count[pairOf(right, pieces[j+2])] -= w.count
				p.addFresh(pairOf(joined, pieces[j+2]), i, w.count, fresh)
			}
			pieces[j] = joined
			pieces = append(pieces[:j+1], pieces[j+2:]...)
		}
		w.pieces = pieces
	}
	delete(p.count, k)
	delete(p.where, k)
	for k := range fresh {
		heap.Push(&p.queue, candidate{k, p.count[k]})
	}
}

func (p *pairs) addFresh(k pair, word int32, count int64, fresh map[pair]bool) {
	p.add(k, word, count)
	fresh[k] = true
}
