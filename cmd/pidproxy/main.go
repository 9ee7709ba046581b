// Command pidproxy runs a command and passes signals on to the pid in a file.
package main

import (
	"os"

	"supervisor/internal/pidproxy"
)

func main() {
	os.Exit(pidproxy.Run(os.Args, os.Stdout, os.Stderr))
}
