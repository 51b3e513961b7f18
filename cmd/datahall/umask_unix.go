//go:build unix

package main

import "golang.org/x/sys/unix"

// closeToOthers makes every file of this process readable by its owner only,
// the database's too, which sets no mode itself.
func closeToOthers() { unix.Umask(0o077) }
