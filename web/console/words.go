package console

import (
	"strings"

	"datahall"
)

// words are the names that stand in records, for readers.
var words = map[string]datahall.Message{
	// states
	"queued": datahall.Say("queued"), "starting": datahall.Say("starting"), "running": datahall.Say("running"),
	"done": datahall.Say("done"), "failed": datahall.Say("failed"), "cancelled": datahall.Say("cancelled"), "ready": datahall.Say("ready"),
	// sides of a dataset, and languages
	"train": datahall.Say("train"), "validation": datahall.Say("validation"), "test": datahall.Say("test"), "": datahall.Say("none"),
	"zh": datahall.Say("Chinese"), "en": datahall.Say("English"), "mixed": datahall.Say("mixed"), "other": datahall.Say("other"),
	// units of progress
	"rows": datahall.Say("rows"), "steps": datahall.Say("steps"), "tokens": datahall.Say("tokens"), "folds": datahall.Say("folds"),
	"texts": datahall.Say("texts"), "epochs": datahall.Say("epochs"), "files": datahall.Say("files"), "words": datahall.Say("words"),
	"merges": datahall.Say("merges"), "batches": datahall.Say("batches"), "fits": datahall.Say("fits"), "vectors": datahall.Say("vectors"),
	"samples": datahall.Say("samples"), "models": datahall.Say("models"),
}

// kindWords are the kinds of jobs; a replica is what answers for an endpoint.
var kindWords = map[string]datahall.Message{
	"import": datahall.Say("import of data"), "split": datahall.Say("split of data"), "export": datahall.Say("export of data"),
	"train": datahall.Say("training"), "evaluate": datahall.Say("evaluation"), "predict": datahall.Say("prediction"),
	"replica": datahall.Say("endpoint replica"), "model-import": datahall.Say("import of a model"), "model-pull": datahall.Say("download of a model"),
	"endpoint": datahall.Say("endpoint"),
}

// taskWords are what models are for.
var taskWords = map[string]datahall.Message{
	"classify": datahall.Say("one label a text"), "multilabel": datahall.Say("any number of labels a text"), "regress": datahall.Say("a number for each text"),
	"embed": datahall.Say("a vector for each text"), "text": datahall.Say("texts without labels"),
}

// contenders are the rows of a report's comparison.
var contenders = map[string]datahall.Message{
	"model": datahall.Say("this model"), "majority": datahall.Say("always the commonest label"), "tfidf+svm": datahall.Say("linear model on words (TF-IDF)"),
	"frozen+head": datahall.Say("linear model on the base's vectors"), "frozen+tfidf": datahall.Say("linear model on vectors and words"),
}

// contenderNamed names a row of a report's comparison; a network that was
// trained and lost bears the name of its base.
func contenderNamed(name string) datahall.Message {
	if strings.HasPrefix(name, "scratch:") {
		return datahall.Say("trained from nothing (%s)", name)
	}
	return named(contenders, name)
}

// curves are what a run measures.
var curves = map[string]datahall.Message{
	"train_loss": datahall.Say("training"), "validation_loss": datahall.Say("validation"),
	"validation_accuracy": datahall.Say("accuracy"), "validation_macro_f1": datahall.Say("macro F1"),
	"learning_rate": datahall.Say("learning rate"), "tokens_per_second": datahall.Say("tokens a second"),
}

// tones are the colours of states: good, busy, bad, or none.
var tones = map[string]string{
	"done": "good", "ready": "good", "running": "busy", "starting": "busy", "queued": "wait", "failed": "bad", "cancelled": "off",
}

// named gives a word for a name in a table, or the name itself.
func named(table map[string]datahall.Message, name string) datahall.Message {
	if m, ok := table[name]; ok {
		return m
	}
	return datahall.Message{Pattern: "%s", Args: []string{name}}
}
