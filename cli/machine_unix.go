//go:build unix

package cli

import "golang.org/x/sys/unix"

// freeDisk is what may still be written below a folder.
func freeDisk(dir string) int64 {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return -1
	}
	return int64(st.Bavail) * int64(st.Bsize)
}
