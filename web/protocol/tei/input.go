package tei

import (
	"encoding/json"
	"errors"

	"datahall"
)

// predictRequest asks for the scores of texts or pairs.
type predictRequest struct {
	Inputs    predictInputs `json:"inputs"`
	RawScores bool          `json:"raw_scores"`
	Truncate  *bool         `json:"truncate"`
}

// predictInputs is a string, a pair of strings, or a batch of [string] and
// [string, string].
type predictInputs struct {
	texts  []string
	pairs  [][2]string
	single bool
}

var errInputs = errors.New("inputs must be a string, a pair of strings, or a list of lists of one or two strings")

func (p *predictInputs) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		p.texts, p.single = []string{one}, true
		return nil
	}
	var pair []string
	if json.Unmarshal(b, &pair) == nil {
		if len(pair) != 2 {
			return errInputs
		}
		p.pairs, p.single = [][2]string{{pair[0], pair[1]}}, true
		return nil
	}
	var batch [][]string
	if json.Unmarshal(b, &batch) != nil {
		return errInputs
	}
	return p.batch(batch)
}

// batch takes texts or pairs. Both in one batch would have to be put back in
// order, which no client of ours has asked for.
func (p *predictInputs) batch(batch [][]string) error {
	for _, item := range batch {
		switch len(item) {
		case 1:
			p.texts = append(p.texts, item[0])
		case 2:
			p.pairs = append(p.pairs, [2]string{item[0], item[1]})
		default:
			return errInputs
		}
	}
	if len(p.texts) > 0 && len(p.pairs) > 0 {
		return errors.New("inputs mix single texts and pairs; send them apart")
	}
	return nil
}

func (r predictRequest) question() datahall.Question {
	return datahall.Question{Op: "predict", Texts: r.Inputs.texts, Pairs: r.Inputs.pairs,
		RawScores: r.RawScores, Truncate: r.Truncate != nil && *r.Truncate}
}

// embedRequest asks for vectors.
type embedRequest struct {
	Inputs    embedInputs `json:"inputs"`
	Normalize *bool       `json:"normalize"`
	Truncate  *bool       `json:"truncate"`
}

// embedInputs is a string or a list of strings.
type embedInputs []string

func (e *embedInputs) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*e = []string{one}
		return nil
	}
	var many []string
	if json.Unmarshal(b, &many) != nil {
		return errors.New("inputs must be a string or a list of strings")
	}
	*e = many
	return nil
}

func (r embedRequest) question() datahall.Question {
	return datahall.Question{Op: "embed", Texts: r.Inputs, Normalize: r.Normalize, Truncate: r.Truncate != nil && *r.Truncate}
}
