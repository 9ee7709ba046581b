// Command journal is an event listener that writes one line for each event to
// its stderr, for the demo.
//
// The protocol is line by line: say READY, get a header and a payload, answer
// RESULT. Stdout belongs to the protocol, so everything else goes to stderr.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"
	"strconv"
	"strings"
)

func main() {
	log.SetFlags(log.Ltime)
	events := bufio.NewReader(os.Stdin)
	for {
		fmt.Print("READY\n")
		header, err := events.ReadString('\n')
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		tokens := parse(header)
		length, err := strconv.Atoi(tokens["len"])
		if err != nil {
			log.Fatalf("cannot understand the header %q", header)
		}
		payload := make([]byte, length)
		if _, err := io.ReadFull(events, payload); err != nil {
			log.Fatal(err)
		}
		log.Print(tokens["eventname"], " ", string(payload))
		fmt.Print("RESULT 2\nOK")
	}
}

// parse splits "key:value key:value" into its pairs.
func parse(line string) map[string]string {
	pairs := make(map[string]string)
	for word := range strings.FieldsSeq(line) {
		key, value, _ := strings.Cut(word, ":")
		pairs[key] = value
	}
	return pairs
}
