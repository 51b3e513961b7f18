package linear

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"datahall/numeric/kernel"
)

// The two spaces of features: the letter tells them apart in features.txt.
const (
	wordSpace = 'w'
	gramSpace = 'c'
)

// feature is one column of the matrix.
type feature struct {
	space byte
	term  string
}

// Vectorizer turns texts into rows of TF-IDF: (1 + ln tf)·idf, with
// idf = 1 + ln((1+n)/(1+df)) as if one more text had every feature, each space
// of features scaled to length 1. It may be used by many goroutines at once.
type Vectorizer struct {
	options  VectorizerOptions
	features []feature
	idf      []float32
	ids      [2]map[string]int32 // words, grams
}

// Features is the number of columns.
func (v *Vectorizer) Features() int { return len(v.features) }

// index makes the maps that find a feature.
func (v *Vectorizer) index() {
	v.ids = [2]map[string]int32{{}, {}}
	for i, f := range v.features {
		v.ids[spaceIndex(f.space)][f.term] = int32(i)
	}
}

func spaceIndex(space byte) int {
	if space == wordSpace {
		return 0
	}
	return 1
}

// Fit learns the features of texts and gives their matrix.
func Fit(pool *kernel.Pool, texts []string, o VectorizerOptions) (*Vectorizer, *Sparse) {
	v := &Vectorizer{options: o.withDefaults()}
	v.choose(v.count(pool, texts), len(texts))
	v.index()
	return v, v.Transform(pool, texts)
}

// blockRows is how many rows a task takes.
const blockRows = 256

func blocks(n int) int { return (n + blockRows - 1) / blockRows }

// count gives the number of texts that each feature stands in.
func (v *Vectorizer) count(pool *kernel.Pool, texts []string) [2]map[string]int32 {
	total := [2]map[string]int32{{}, {}}
	const atOnce = 64 // blocks, so that what is counted but not yet added up stays small
	for first := 0; first < len(texts); first += atOnce * blockRows {
		part := texts[first:min(len(texts), first+atOnce*blockRows)]
		counts := make([][2]map[string]int32, blocks(len(part)))
		pool.Run(len(counts), func(b int) {
			counts[b] = v.countBlock(part[b*blockRows : min(len(part), (b+1)*blockRows)])
		})
		for _, c := range counts {
			add(total[0], c[0])
			add(total[1], c[1])
		}
	}
	return total
}

// add keeps a copy of what is new, lest one feature keep its whole text.
func add(total, part map[string]int32) {
	for term, n := range part {
		if have, ok := total[term]; ok {
			total[term] = have + n
		} else {
			total[strings.Clone(term)] = n
		}
	}
}

func (v *Vectorizer) countBlock(texts []string) [2]map[string]int32 {
	type seen struct{ texts, last int32 }
	var found [2]map[string]*seen
	found[0], found[1] = map[string]*seen{}, map[string]*seen{}
	for i, text := range texts {
		n := normalise(text)
		for space, emit := range []func(normalised, func(string)){v.options.words, v.options.grams} {
			emit(n, func(term string) {
				s := found[space][term]
				if s == nil {
					s = &seen{last: -1}
					found[space][term] = s
				}
				if s.last != int32(i) {
					s.last = int32(i)
					s.texts++
				}
			})
		}
	}
	var counts [2]map[string]int32
	for space := range found {
		counts[space] = make(map[string]int32, len(found[space]))
		for term, s := range found[space] {
			counts[space][term] = s.texts
		}
	}
	return counts
}

// choose keeps the features of most texts and numbers them: words, then grams,
// in the order of their bytes.
func (v *Vectorizer) choose(counts [2]map[string]int32, texts int) {
	type counted struct {
		feature
		texts int32
	}
	var all []counted
	for i, space := range []byte{wordSpace, gramSpace} {
		for term, n := range counts[i] {
			if int(n) >= v.options.MinDocuments {
				all = append(all, counted{feature{space, term}, n})
			}
		}
	}
	slices.SortFunc(all, func(a, b counted) int { return cmp.Or(cmp.Compare(b.texts, a.texts), order(a.feature, b.feature)) })
	all = all[:min(len(all), v.options.MaxFeatures)]
	slices.SortFunc(all, func(a, b counted) int { return order(a.feature, b.feature) })
	for _, c := range all {
		v.features = append(v.features, c.feature)
		v.idf = append(v.idf, float32(1+math.Log(float64(1+texts)/float64(1+c.texts))))
	}
}

// Transform gives one row of the matrix for each text; what was not learned counts nothing.
func (v *Vectorizer) Transform(pool *kernel.Pool, texts []string) *Sparse {
	parts := make([]Sparse, blocks(len(texts)))
	pool.Run(len(parts), func(b int) {
		part := Sparse{Cols: len(v.features), Start: []int{0}}
		var ids []int32
		for _, text := range texts[b*blockRows : min(len(texts), (b+1)*blockRows)] {
			ids = v.row(&part, text, ids)
		}
		parts[b] = part
	})
	return join(len(v.features), parts)
}

// row appends the row of one text. ids is memory to be used again.
func (v *Vectorizer) row(s *Sparse, text string, ids []int32) []int32 {
	n := normalise(text)
	for space, emit := range []func(normalised, func(string)){v.options.words, v.options.grams} {
		ids = ids[:0]
		emit(n, func(term string) {
			if id, ok := v.ids[space][term]; ok {
				ids = append(ids, id)
			}
		})
		slices.Sort(ids)
		v.weigh(s, ids)
	}
	s.Start = append(s.Start, len(s.Index))
	return ids
}

// weigh appends one space's features, which stand sorted, with length 1.
func (v *Vectorizer) weigh(s *Sparse, ids []int32) {
	from, square := len(s.Index), 0.0
	for i := 0; i < len(ids); {
		j := i
		for j < len(ids) && ids[j] == ids[i] {
			j++
		}
		weight := (1 + math.Log(float64(j-i))) * float64(v.idf[ids[i]])
		square += weight * weight
		s.Index = append(s.Index, ids[i])
		s.Value = append(s.Value, float32(weight))
		i = j
	}
	for k := from; k < len(s.Value); k++ {
		s.Value[k] = float32(float64(s.Value[k]) / math.Sqrt(square))
	}
}
