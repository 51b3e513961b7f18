//go:build unix

package local

import "syscall"

// ownSession detaches a parent from the terminal and from the hall's group.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func killGroup(pid int) error { return syscall.Kill(-pid, syscall.SIGKILL) }
