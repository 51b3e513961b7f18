// Package cli is the command line: what a person or a script types.
//
// Every command but up, stop and version is a client of a hall. It finds the
// hall of the home folder, starts one in the background where none runs, or
// goes to the address it was given. What becomes a job is followed to its end,
// with bars on a terminal and a few plain lines elsewhere; with --json standard
// output has one line of JSON and nothing else.
//
// It refuses to decide: what is allowed, which values are right and why a job
// waits is the hall's to say, and is shown as the hall said it, in the reader's
// language.
//
// To add a command, write a file with a method of session that returns it, add
// it to a group in root.go, give its sentences their Chinese in
// phrase/zh_cli.go, and run go test ./cli -update.
package cli
