//go:build !linux

package work

import "syscall"

// withParent has no help from the kernel here: a body ends by itself when its
// standard input does.
func withParent() *syscall.SysProcAttr { return nil }
