package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
)

type versionCmd struct{}

// Help shows an example.
func (versionCmd) Help() string {
	return `Example:
  countersign version`
}

// Run prints the version of the program, the revision and the Go that built it.
func (versionCmd) Run(out io.Writer) error {
	_, err := fmt.Fprintf(out, "countersign %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// version is the module's version as Go recorded it, with the revision of a
// build from a working copy.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = "revision " + s.Value
		}
	}
	if v == "" {
		v = "(devel)"
	}
	return v
}
