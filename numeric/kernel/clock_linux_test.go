package kernel

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// threadTime is the time that this thread has computed: benchmarks of one
// thread count what they used, not what they waited for on a shared machine.
// The goroutine stays on its thread from the first call on.
func threadTime() time.Duration {
	runtime.LockOSThread()
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return time.Duration(time.Now().UnixNano())
	}
	return time.Duration(t.Nano())
}
