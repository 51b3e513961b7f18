//go:build unix

package client

import "syscall"

// detached puts the hall into a session of its own: the terminal may close.
func detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
