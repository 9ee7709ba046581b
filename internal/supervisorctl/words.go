package supervisorctl

import (
	"slices"
	"strings"
)

// takeFlag takes a flag out of the words of a command.
func takeFlag(words []string, flag string) (rest []string, given bool) {
	rest = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return word == flag })
	return rest, len(rest) < len(words)
}

// refuseOptions refuses words that look like options where all of these have been
// taken: a mistyped option is not the name of a process.
func refuseOptions(words []string) error {
	for _, word := range words {
		if strings.HasPrefix(word, "-") {
			return &misuse{"Error: bad argument " + word, exitUsage}
		}
	}
	return nil
}
