package tokenizer

import "datahall"

// setTemplates reads what stands around texts from the post-processor.
func (t *Tokenizer) setTemplates(p *postProcessor) error {
	t.single, t.pair = template{{text: 1}}, template{{text: 1}, {text: 2, segment: 1}}
	if p == nil {
		return nil
	}
	var err error
	switch p.Type {
	case "TemplateProcessing":
		if t.single, err = t.template(p, p.Single, 1); err != nil {
			return err
		}
		t.pair, err = t.template(p, p.Pair, 2)
		return err
	case "BertProcessing":
		if p.CLS == nil || p.SEP == nil || !t.has(p.CLS.id) || !t.has(p.SEP.id) {
			return badTemplate()
		}
		t.surround(p.CLS.id, p.SEP.id)
		return nil
	}
	return datahall.Errorf(datahall.Invalid, "tokenizer.json: its %s is %q; only %s is supported here, as BERT models have it",
		"post_processor", p.Type, "TemplateProcessing")
}

// surround sets BERT's templates: CLS text SEP, CLS first SEP second SEP.
func (t *Tokenizer) surround(cls, sep int32) {
	t.single = template{{id: cls}, {text: 1}, {id: sep}}
	t.pair = template{{id: cls}, {text: 1}, {id: sep}, {text: 2, segment: 1}, {id: sep, segment: 1}}
}

// template reads one template of so many texts, each of which must stand in it
// once, the first before the second.
func (t *Tokenizer) template(p *postProcessor, pieces []piece, texts int) (template, error) {
	var list template
	next := 1
	for _, e := range pieces {
		switch {
		case e.Sequence != nil && next <= texts && e.Sequence.ID == string(rune('A'+next-1)):
			list = append(list, slot{text: next, segment: e.Sequence.Segment})
			next++
		case e.Special != nil && len(p.Special[e.Special.ID].IDs) > 0:
			for _, id := range p.Special[e.Special.ID].IDs {
				if !t.has(id) {
					return nil, badTemplate()
				}
				list = append(list, slot{id: id, segment: e.Special.Segment})
			}
		default:
			return nil, badTemplate()
		}
		if len(list) > maxSlots {
			return nil, badTemplate()
		}
	}
	if next != texts+1 {
		return nil, badTemplate()
	}
	return list, nil
}

func badTemplate() error {
	return datahall.Errorf(datahall.Invalid, "tokenizer.json: its post_processor does not place each text once between known tokens; fetch the file again")
}
