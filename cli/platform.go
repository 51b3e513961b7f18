package cli

import "runtime"

// What this program was built for and with.
var (
	platform  = runtime.GOOS + "/" + runtime.GOARCH
	goVersion = runtime.Version()
)
