// Package shop is the built-in sample: what customers ask Maple Lane (枫里小铺).
//
// The shop does not exist; the questions are our own writing, about half in
// English (en.tsv) and half in Chinese (zh.tsv), each written for itself. A row
// has a text, one of 30 intents or "out_of_scope", and the side of a fixed split
// on which it stands: 30 % of each intent of each language is for testing.
// README.md says what each intent means.
//
// The package refuses rows that somebody filled from a template: its tests look
// for near-duplicates, for beginnings and runs of words that come again, and
// for words that give an intent away.
//
// To add rows, write lines of text, tab and label into a half, then run
// go test ./models/shop -update, which fills the split column, and then
// go test ./models/shop. A new intent is a line of README.md and at least 30
// rows in each language.
package shop
