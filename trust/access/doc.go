// Package access decides who may do what.
//
// It is one pure function, [Can], over one table ([policy], policy.go) that an
// auditor can read as testdata/matrix.txt. What the table does not allow is
// denied, an unknown role or action included. What belongs to another project,
// another endpoint or another job does not exist for the asker: the answer is
// then Hidden, and doors say "not found", in the words of the store.
//
// It refuses to look anything up: the asker and the thing asked for come as
// values. A new action is a line of the table and of the golden file.
package access
