package supervisorctl

import (
	"context"
	"errors"
	"slices"

	"supervisor/internal/wire"
)

// diff is how a configuration that was just read differs from what is active:
// names of groups in the order in which they are to be dealt with.
type diff struct {
	Added   []string `json:"added"`
	Changed []string `json:"changed"`
	Removed []string `json:"removed"`
}

// limitedTo returns the part of the difference that concerns the named groups.
func (d diff) limitedTo(groups []string) diff {
	only := func(names []string) (kept []string) {
		for _, name := range names {
			if slices.Contains(groups, name) {
				kept = append(kept, name)
			}
		}
		return kept
	}
	return diff{only(d.Added), only(d.Changed), only(d.Removed)}
}

// reloadConfig has the server read its configuration. What is wrong with the
// configuration becomes the text of a failure.
func (s *session) reloadConfig(ctx context.Context) (diff, error) {
	answer, err := s.call(ctx, wire.ReloadConfig)
	if fault, ok := asFault(err); ok && wire.Code(fault.Code) == wire.CantReread {
		return diff{}, because(err, &failure{"ERROR: " + fault.Text, exitError})
	}
	if err != nil {
		return diff{}, err
	}
	return parseDiff(answer)
}

// parseDiff reads what reloadConfig returned: [[added, changed, removed]].
func parseDiff(answer any) (diff, error) {
	rows, _ := answer.([]any)
	if len(rows) == 1 {
		if row, _ := rows[0].([]any); len(row) == 3 {
			return diff{texts(row[0]), texts(row[1]), texts(row[2])}, nil
		}
	}
	return diff{}, errors.New("cannot read the server's answer: it is not [[added, changed, removed]]")
}

// texts returns the texts of an array.
func texts(answer any) []string {
	items, _ := answer.([]any)
	all := []string{}
	for _, item := range items {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}
