//go:build unix

package main

import (
	"os"
	"syscall"
)

// become replaces this process by another program: its number stays.
func become(binary string, args []string) error {
	return syscall.Exec(binary, append([]string{binary}, args...), os.Environ())
}
