//go:build linux

package adoption

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// lastCode is what the programs exit with that end while there is no daemon.
const lastCode = 7

// secondLife reports whether the program has run before: then it only says so, and
// stays.
func secondLife() (bool, error) {
	f, err := os.OpenFile(os.Getenv("ACCOUNT"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	switch {
	case err == nil:
		return false, f.Close()
	case !os.IsExist(err):
		return false, err
	}
	if _, err := fmt.Println("again"); err != nil {
		return true, err
	}
	select {}
}

// awaitCue waits until the test opens a pipe for writing.
func awaitCue() error {
	cue, err := os.Open(os.Getenv("CUE"))
	if err != nil {
		return err
	}
	return cue.Close()
}

// speak says something at once, and the rest on its cue; then it ends.
func speak() error {
	if again, err := secondLife(); again || err != nil {
		return err
	}
	mark := os.Getenv("MARK")
	fmt.Printf("%s begins\n", mark)
	if err := awaitCue(); err != nil {
		return err
	}
	for n := range lastLines {
		fmt.Printf("%s says %d\n", mark, n)
		fmt.Fprintf(os.Stderr, "%s complains %d\n", mark, n)
	}
	if mark == "captured" {
		fmt.Print("<!--XSUPERVISOR:BEGIN-->goodbye<!--XSUPERVISOR:END-->")
	}
	os.Exit(lastCode)
	return nil
}

const lastLines = 400

// listenOnce is an event listener that ends on its cue, in its first life after the
// first event and before anybody can hear that it has processed it.
func listenOnce() error {
	in := bufio.NewReader(os.Stdin)
	for {
		data, err := nextEvent(in)
		if err != nil {
			return err
		}
		seen, err := os.OpenFile(os.Getenv("ACCOUNT"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
		if err == nil {
			_, err = seen.WriteString(data + "\n")
		}
		if err != nil {
			return err
		}
		if data == "first" {
			if err := awaitCue(); err != nil {
				return err
			}
		}
		if _, err := os.Stdout.WriteString("RESULT 2\nOK"); err != nil {
			return err
		}
		if data == "first" {
			os.Exit(lastCode)
		}
	}
}

// nextEvent asks for an event and returns its data.
func nextEvent(in *bufio.Reader) (string, error) {
	if _, err := os.Stdout.WriteString("READY\n"); err != nil {
		return "", err
	}
	header, err := in.ReadString('\n')
	if err != nil {
		return "", err
	}
	_, length, _ := strings.Cut(header, "len:")
	n, err := strconv.Atoi(strings.TrimSpace(length))
	if err != nil {
		return "", fmt.Errorf("out of step: %q", header)
	}
	payload := make([]byte, n)
	if _, err := io.ReadFull(in, payload); err != nil {
		return "", err
	}
	_, data, _ := strings.Cut(string(payload), "\n")
	return data, nil
}

// beat writes some lines, numbered on from those of its earlier lives, and ends.
func beat() error {
	account := os.Getenv("ACCOUNT")
	n := 0
	text, err := os.ReadFile(account)
	if err == nil {
		n, err = strconv.Atoi(string(text))
	}
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for range 20 {
		if _, err := fmt.Printf("%s %d\n", os.Getenv("MARK"), n); err != nil {
			return err
		}
		n++
	}
	if err := os.WriteFile(account+".new", []byte(strconv.Itoa(n)), 0o644); err != nil {
		return err
	}
	return os.Rename(account+".new", account)
}
