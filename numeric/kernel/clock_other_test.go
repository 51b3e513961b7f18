//go:build !linux

package kernel

import "time"

func threadTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
