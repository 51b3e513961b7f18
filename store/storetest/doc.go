// Package storetest is the conformance suite of stores: what package datahall
// promises in stores.go, told as tests.
//
// A store passes it whole or is none. It refuses to know how a store keeps
// things; what concerns one database alone is tested beside that one. A new
// promise is a new line in stores.go and a new test here.
package storetest
