// Package phrase holds every sentence that a user sees, in English and Chinese.
//
// The English pattern stands where it is used (datahall.Say, datahall.Errorf,
// {{t "…"}} in a page) and is the key; the files zh_*.go give its Chinese, one
// file a room. A test reads all sources and pages and fails on a pattern
// without a translation, on a translation that nobody uses, and on one whose
// values differ.
//
// To add a sentence: write it in English in place, run the test, add the line
// it asks for.
package phrase
