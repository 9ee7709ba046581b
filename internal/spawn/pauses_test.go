package spawn

import (
	"testing"
	"time"
)

func TestPauses(t *testing.T) {
	began := time.Now()
	p := pauses{began: began}
	for _, step := range []struct {
		at     time.Duration // since the beginning
		hasten bool          // what happens, instead of a look
		want   time.Duration
		why    string
	}{
		{at: time.Second, want: 0, why: "the first look"},
		{at: time.Second + 300*time.Microsecond, want: 700 * time.Microsecond, why: "soon after a look"},
		{at: time.Second + 1100*time.Microsecond, want: 900 * time.Microsecond, why: "soon after one that was put off"},
		{at: 2 * time.Second, want: 0, why: "after a silence"},
		{at: 2*time.Second + 1, hasten: true},
		{at: 2*time.Second + 2, want: 0, why: "in a hurry"},
		{at: 2*time.Second + 99*time.Millisecond, want: 0, why: "still in a hurry"},
		{at: 2*time.Second + 99*time.Millisecond + 1, want: 0, why: "in a hurry, and just after a look"},
		{at: 2*time.Second + 101*time.Millisecond, want: 0, why: "no hurry, and a while after the last look"},
		{at: 2*time.Second + 101*time.Millisecond + 1, want: time.Millisecond - 1, why: "no hurry"},
	} {
		now := began.Add(step.at)
		if step.hasten {
			p.hasten(now)
		} else if got := p.next(now); got != step.want {
			t.Errorf("%s: a pause of %v, want %v", step.why, got, step.want)
		}
	}
}
