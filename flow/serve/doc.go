// Package serve is a request's way to a replica.
//
// A [Router] knows which replica answers for which endpoint, waits a little
// where it is just starting, holds back more than it can take, asks, and
// accounts. Replicas themselves are jobs, kept alive by cluster/control, and
// reach the router through [Router.Set].
//
// It refuses to queue without bound: beyond the limit a caller is told to come
// back later.
package serve
