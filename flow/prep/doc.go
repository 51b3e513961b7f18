// Package prep readies rows for training: it splits them, finds what stands
// on both sides of a split, and suggests which labels mean the same.
//
// [Split] assigns train, validation and test, stratified by label and seeded;
// rows whose texts are equal under [Normalise] always go together. [Leaks]
// measures a split that somebody else made. [Near] finds rows that are almost
// the same: Jaccard similarity of character 5-grams of at least 0.8, computed
// and not estimated, among candidates by prefix filtering. [SuggestLabels] proposes merges and changes nothing.
//
// Everything here is a function of its arguments: the same rows and seed give
// the same result, and a split does not depend on the order of the rows. It
// reads nothing and opens nothing.
//
// It refuses: fractions that leave no training rows, and rows with fewer
// different texts than sides.
package prep

import "datahall/flow/data"

// Normalise gives the form under which two texts count as the same; see
// [data.Normalise] for the rules.
func Normalise(text string) string { return data.Normalise(text) }

// Language tells zh, en, mixed and other apart; see [data.Language].
func Language(text string) string { return data.Language(text) }
