//go:build !linux || !(amd64 || arm64)

// Command bench measures supervisors from outside. It needs Linux.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench: what is measured is read from /proc of Linux, on amd64 or arm64")
	os.Exit(1)
}
