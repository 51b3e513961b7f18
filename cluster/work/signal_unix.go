//go:build unix

package work

import (
	"os"
	"syscall"
)

// signalOf names the signal that ended the process, if one did.
func signalOf(state *os.ProcessState) string {
	if w, ok := state.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return w.Signal().String()
	}
	return ""
}
