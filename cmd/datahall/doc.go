// Command datahall is the one binary: a hall, its jobs, and the commands that
// ask it.
//
// This package joins everything and decides nothing: hall.go opens the stores
// and puts the doors in front of them, bodies*.go give each kind of job its
// inputs and outputs, main.go chooses which of these the process is.
package main
