package work

import "syscall"

// withParent lets the kernel end the body when its parent dies.
func withParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
