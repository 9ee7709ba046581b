package rpc

import (
	"errors"
	"os"
	"testing"
	"time"

	"supervisor/internal/procstat"
	"supervisor/internal/wire"
)

func TestProcessStats(t *testing.T) {
	act(t, func(st *stage) {
		st.want(true, "supervisor.startProcess", "good")
		value, err := st.call("supervisor.getProcessStats")
		if err != nil {
			t.Fatal(err)
		}
		all, err := wire.ParseProcessStats(value)
		if err != nil || len(all) != 7 {
			t.Fatalf("%+v, %v", all, err)
		}
		for _, p := range all {
			if started := p.Name == "good"; (p.PID != 0) != started || p.CPUKnown {
				t.Errorf("%+v", p)
			}
		}
	})
}

// Who asks soon after somebody else gets the same; who asks after a long pause
// begins anew.
func TestStatsAge(t *testing.T) {
	if _, err := new(procstat.Meter).Measure(nil); errors.Is(err, procstat.ErrUnknown) {
		t.Skip(err)
	}
	var s stats
	now := time.Now()
	pids := []int{os.Getpid()}
	usage, compared := s.measure(pids, now)
	if usage[pids[0]].Tree.Memory == 0 || compared {
		t.Fatalf("the first look: %+v, %v", usage, compared)
	}
	meter := s.meter
	if _, compared := s.measure(pids, now.Add(statsFresh/2)); compared {
		t.Error("a fresh measurement is made again")
	}
	if _, compared := s.measure(pids, now.Add(statsFresh)); !compared {
		t.Error("the second look does not know the first")
	}
	if s.meter != meter {
		t.Error("the meter is another one")
	}
	if _, compared := s.measure(pids, now.Add(statsFresh+statsStale)); compared || s.meter == meter {
		t.Error("what is stale is compared with")
	}
}
