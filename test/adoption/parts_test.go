//go:build linux

package adoption

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// partVariable tells this program which part of a play it has.
const partVariable = "ADOPTION_PART"

// play is one of the programs that are supervised.
func play(part string) {
	var err error
	switch part {
	case "writer":
		err = writeLines()
	case "listener":
		err = listen()
	case "server":
		err = serve()
	case "fastcgi":
		err = serveStdin()
	case "speaker":
		err = speak()
	case "last listener":
		err = listenOnce()
	case "beat":
		err = beat()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

// writeLines writes numbered lines, in bursts at full speed, until SIGTERM; then it
// says in a file how many there were.
func writeLines() error {
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	pause, err := time.ParseDuration(os.Getenv("PAUSE"))
	if err != nil {
		return err
	}
	n := 0
	var burst strings.Builder
	for {
		select {
		case <-term:
			return os.WriteFile(os.Getenv("ACCOUNT"), []byte(strconv.Itoa(n)), 0o644)
		case <-time.After(pause):
		}
		burst.Reset()
		for range 200 {
			fmt.Fprintf(&burst, "%s %d\n", os.Getenv("MARK"), n)
			n++
		}
		if _, err := os.Stdout.WriteString(burst.String()); err != nil {
			return err
		}
	}
}

// listen is an event listener that writes down the data of every event.
func listen() error {
	seen, err := os.OpenFile(os.Getenv("ACCOUNT"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	in := bufio.NewReader(os.Stdin)
	for {
		if _, err := os.Stdout.WriteString("READY\n"); err != nil {
			return err
		}
		header, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		_, length, _ := strings.Cut(header, "len:")
		n, err := strconv.Atoi(strings.TrimSpace(length))
		if err != nil {
			return fmt.Errorf("out of step: %q", header)
		}
		payload := make([]byte, n)
		if _, err := io.ReadFull(in, payload); err != nil {
			return err
		}
		_, data, _ := strings.Cut(string(payload), "\n")
		if _, err := seen.WriteString(strings.TrimRight(data, "x") + "\n"); err != nil {
			return err
		}
		if _, err := os.Stdout.WriteString("RESULT 2\nOK"); err != nil {
			return err
		}
	}
}

// serveStdin accepts connections on its stdin, as a FastCGI program does, and
// tells each client its pid.
func serveStdin() error {
	l, err := net.FileListener(os.Stdin)
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		fmt.Fprintln(c, os.Getpid())
		if err := c.Close(); err != nil {
			return err
		}
	}
}

// serve is a server that gives back what it gets.
func serve() error {
	l, err := net.Listen("unix", os.Getenv("ACCOUNT"))
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer c.Close()
			_, _ = io.Copy(c, c) // until the client goes
		}()
	}
}
