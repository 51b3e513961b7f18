//go:build !windows

package cli

// systemLocale is empty where the environment tells everything.
func systemLocale() string { return "" }
