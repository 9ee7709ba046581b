// Command echo_supervisord_conf prints a sample configuration file.
package main

import (
	"fmt"
	"io"
	"os"

	"supervisor/internal/sampleconf"
)

func main() {
	if _, err := io.WriteString(os.Stdout, sampleconf.Text()); err != nil {
		fmt.Fprintln(os.Stderr, "Error: cannot print the sample:", err)
		os.Exit(1)
	}
}
