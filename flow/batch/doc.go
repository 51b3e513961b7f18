// Package batch decides which texts go in the next step of an engine.
//
// It is one pure function, [Next]: what waits in, what goes out. Texts of
// different questions share a step, in turn, so that a question of one text
// does not wait for one of a thousand; a step holds as many tokens as keep the
// machine busy and no more than memory was set aside for.
package batch
