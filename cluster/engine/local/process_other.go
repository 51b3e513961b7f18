//go:build unix && !linux && !darwin

package local

import (
	"fmt"
	"syscall"
)

// startTime knows only whether the number is in use.
func startTime(pid int) (string, error) {
	if err := syscall.Kill(pid, 0); err != nil {
		return "", err
	}
	return fmt.Sprint(pid), nil
}
