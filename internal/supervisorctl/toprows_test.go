package supervisorctl

import (
	"testing"

	"supervisor/internal/wire"
)

// Of a job that has ended badly top says how, not only when.
func TestRowsOfWhatEndedBadly(t *testing.T) {
	for _, tt := range []struct {
		info   wire.ProcessInfo
		want   string
		failed bool
	}{
		{wire.ProcessInfo{State: wire.Exited, SpawnErr: "Bad exit code 3", Description: "Nov 26 05:01 PM"}, "Bad exit code 3, Nov 26 05:01 PM", true},
		{wire.ProcessInfo{State: wire.Exited, Description: "Nov 26 05:01 PM"}, "Nov 26 05:01 PM", false},
		{wire.ProcessInfo{State: wire.Fatal, SpawnErr: "can't find command 'x'", Description: "can't find command 'x'"}, "can't find command 'x'", false},
	} {
		row := rows([]wire.ProcessInfo{tt.info}, nil)[0]
		if row.Description != tt.want || row.Failed != tt.failed {
			t.Errorf("%+v: %q, failed %v; want %q, %v", tt.info, row.Description, row.Failed, tt.want, tt.failed)
		}
	}
}
