package cli

import "os"

// freeMemory is what programs can still take, without swapping.
func freeMemory() int64 { return freeFrom(os.DirFS("/proc")) }
