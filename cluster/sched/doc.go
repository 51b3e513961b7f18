// Package sched decides which queued jobs may start now.
//
// It is one pure function, [Decide]: the same view and the same instant always
// give the same plan. It reads no clock, starts no goroutine and stores
// nothing, so the live loop, the answer to "why is my job waiting?" ([Why]) and
// tests share it unchanged.
//
// Jobs are taken in the order they came; the first that does not fit holds
// back those behind it that ask for processors, so that a large job is not
// starved by small ones. Jobs that ask for none (imports, replicas) pass.
package sched
