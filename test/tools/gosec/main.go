// Command gosec looks for what is often a hole in our programs, for
//
//	go vet -vettool=gosec
//
// which remembers what has been looked at. It has the rules of the gosec project
// without its command, which needs the libraries of half a dozen services to have
// a language model propose repairs.
package main

import (
	"log"
	"strings"

	"github.com/securego/gosec/v2/goanalysis"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"
)

// excluded are the rules that cannot help here, and why. All others hold.
var excluded = map[string]string{
	"G101": "it takes every name with \"credentials\" in it for a password",
	"G103": "system calls that have no wrapper need unsafe; vet knows the pattern that is allowed",
	"G104": "what is left are closes after a failure, whose error says nothing more",
	"G115": "it does not see the comparison before a conversion, nor that a pid is small",
	"G203": "what is marked as a safe URL has been quoted in the same line",
	"G204": "to start the programs of the configuration is what a supervisor is for",
	"G304": "to open the files of the configuration, too; internal/sticky knows which not to",
	"G401": "{SHA} passwords are SHA-1 in Supervisor's files",
	"G505": "the same",
	"G702": "as G204",
	"G703": "as G304",
	"G706": "requests are logged %-encoded, as they came; who may upgrade may do anything",
}

func main() {
	gosec := goanalysis.Analyzer
	var ids []string
	for id := range excluded {
		ids = append(ids, id)
	}
	if err := gosec.Flags.Set("exclude", strings.Join(ids, ",")); err != nil {
		log.Fatal(err)
	}
	run := gosec.Run
	gosec.Run = func(pass *analysis.Pass) (any, error) {
		shipped := *pass
		shipped.Report = func(d analysis.Diagnostic) {
			if !strings.HasSuffix(pass.Fset.Position(d.Pos).Filename, "_test.go") {
				pass.Report(d)
			}
		}
		return run(&shipped)
	}
	unitchecker.Main(gosec)
}
