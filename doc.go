// Package datahall holds the nouns: what a hall keeps, says and counts.
//
// Every other package speaks in these types, and this one imports nothing but
// the standard library. A noun has one file; what can be done with it lives in
// the room that does it.
package datahall
