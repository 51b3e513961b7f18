package client

import "syscall"

const detachedProcess = 0x00000008 // DETACHED_PROCESS of CreateProcess

// detached gives the hall no console: the terminal may close.
func detached() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP | detachedProcess}
}
