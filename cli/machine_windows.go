package cli

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// freeDisk is what may still be written below a folder.
func freeDisk(dir string) int64 {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return -1
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return -1
	}
	return int64(free)
}

// memoryStatus is MEMORYSTATUSEX of the Windows API.
type memoryStatus struct {
	length, load                                                          uint32
	total, free, totalPage, freePage, totalVirtual, freeVirtual, extended uint64
}

// freeMemory is what programs can still take, without swapping.
func freeMemory() int64 {
	var m memoryStatus
	m.length = uint32(unsafe.Sizeof(m))
	call := windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")
	if ok, _, _ := call.Call(uintptr(unsafe.Pointer(&m))); ok == 0 {
		return -1
	}
	return int64(m.free)
}
