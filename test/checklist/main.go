// Command checklist holds the tests to the list of behaviours that make this a
// drop-in replacement.
//
// The list, ids.txt, has the ids of the behavioural specification, which is not
// part of the repository, each with a few words. A behaviour is carried by the
// tests whose names, tables, comments or scripts name its id; whoever removes
// the last of them breaks the contract. The program is run at the root of the
// project and prints what no test carries; with -v also where each id is
// carried. Its exit status is then 1.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"os"
	"strings"
)

//go:embed ids.txt
var ids string

func main() {
	verbose := flag.Bool("v", false, "show the tests of each id")
	flag.Parse()
	missing, err := report(*verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "checklist:", err)
		os.Exit(2)
	}
	if missing > 0 {
		os.Exit(1)
	}
}

// report prints what it finds and returns how many ids no test carries.
func report(verbose bool) (missing int, err error) {
	list, err := readList(ids)
	if err != nil {
		return 0, err
	}
	found, err := carriers(os.DirFS("."))
	if err != nil {
		return 0, err
	}
	if verbose {
		for _, b := range list {
			fmt.Printf("%s %s: %s\n", b.id, b.label, strings.Join(found[b.id], " "))
		}
	}
	without := uncarried(list, found)
	for _, b := range without {
		fmt.Printf("%s %s: no test\n", b.id, b.label)
	}
	fmt.Printf("%d of %d behaviours are carried by tests\n", len(list)-len(without), len(list))
	return len(without), nil
}
