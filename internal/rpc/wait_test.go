package rpc

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// awaited is what a call of waitForChange has come to, and when.
type awaited struct {
	change wire.Change
	err    error
	took   time.Duration
}

// await calls waitForChange in the background.
func (st *stage) await(names []any, token string, seconds int) <-chan awaited {
	answer := make(chan awaited, 1)
	begun := time.Now()
	go func() {
		value, err := st.call("supervisor.waitForChange", names, token, seconds)
		a := awaited{err: err, took: time.Since(begun)}
		if err == nil {
			a.change, a.err = wire.ParseChange(value)
		}
		answer <- a
	}()
	return answer
}

func names(of ...any) []any { return append([]any{}, of...) }

// states are the states of an answer.
func (a awaited) states() string {
	var all []string
	for _, p := range a.change.Processes {
		all = append(all, p.Group+":"+p.Name+" "+p.State.String())
	}
	return strings.Join(all, ", ")
}

func TestWaitForChange(t *testing.T) {
	act(t, func(st *stage) {
		first := <-st.await(names("good"), "", 60)
		if first.err != nil || first.took != 0 || first.states() != "good:good STOPPED" {
			t.Fatalf("without a token: %+v", first)
		}

		// It waits for its own processes only.
		answer := st.await(names("good"), first.change.Token, 60)
		st.want(true, "supervisor.startProcess", "pair:a", false)
		synctest.Wait()
		select {
		case a := <-answer:
			t.Fatalf("woken by another process: %+v", a)
		default:
		}
		st.want(true, "supervisor.startProcess", "good", false)
		second := <-answer
		if second.states() != "good:good STARTING" {
			t.Errorf("after the start: %+v", second)
		}
		synctest.Wait()
		spawned := second
		if second.change.Processes[0].PID == 0 { // the answer came before the pid
			spawned = <-st.await(names("good"), second.change.Token, 60)
		}
		if spawned.states() != "good:good STARTING" || spawned.change.Processes[0].PID == 0 {
			t.Errorf("with a pid: %+v", spawned)
		}
		third := <-st.await(names("good"), spawned.change.Token, 60)
		if third.states() != "good:good RUNNING" || third.took != time.Second {
			t.Errorf("after startsecs: %+v", third)
		}

		// Nothing happens any more.
		late := <-st.await(names("good"), third.change.Token, 5)
		if late.err != nil || late.took != 5*time.Second || late.change.Token != third.change.Token {
			t.Errorf("without a change: %+v", late)
		}
		if bounded := <-st.await(names("good"), third.change.Token, 1<<30); bounded.took != longestWait {
			t.Errorf("waits %v", bounded.took)
		}
		if at := <-st.await(names("good"), third.change.Token, -1); at.took != 0 {
			t.Errorf("waits %v", at.took)
		}

		if a := <-st.await(names("pair:*", "quick"), "", 0); a.states() != "pair:a RUNNING, pair:b STOPPED, pair:deaf STOPPED, quick:quick STOPPED" {
			t.Errorf("several names: %+v", a)
		}
		if a := <-st.await(names(), "", 0); len(a.change.Processes) != 7 {
			t.Errorf("all: %+v", a)
		}
		for _, unknown := range []string{"nope", "nope:*", "pair:nope"} {
			st.want(fault(wire.BadName, unknown), "supervisor.waitForChange", names(unknown), "", 0)
		}
		st.want(fault(wire.IncorrectParameters, "[x 1]"), "supervisor.waitForChange", names("x", 1), "", 0)
	})
}

// A wait ends when its process goes for good, and when the supervisor does.
func TestWaitForChangeOfWhatGoes(t *testing.T) {
	act(t, func(st *stage) {
		quick := <-st.await(names("quick"), "", 0)
		answer := st.await(names("quick"), quick.change.Token, 60)
		synctest.Wait()
		st.want(true, "supervisor.removeProcessGroup", "quick")
		if a := <-answer; a.err == nil || a.err.Error() != fault(wire.BadName, "quick").Error() {
			t.Errorf("its group is removed: %+v", a)
		}
		good := <-st.await(names("good"), "", 0)
		answer = st.await(names("good"), good.change.Token, 60)
		synctest.Wait()
		st.want(true, "supervisor.shutdown")
		if a := <-answer; a.err == nil || a.err.Error() != fault(wire.ShutdownState, "").Error() || a.took != 0 {
			t.Errorf("the supervisor goes: %+v", a)
		}
	})
}

// Nobody waits for a client that has gone.
func TestWaitForChangeWithoutClient(t *testing.T) {
	act(t, func(st *stage) {
		good := <-st.await(names("good"), "", 0)
		ctx, gone := context.WithCancel(context.Background())
		body := xmlrpc.AppendCall(nil, "supervisor.waitForChange", names("good"), good.change.Token, 60)
		done := make(chan time.Time, 1)
		begun := time.Now()
		go func() {
			r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/RPC2", strings.NewReader(string(body)))
			st.server.ServeHTTP(httptest.NewRecorder(), r)
			done <- time.Now()
		}()
		synctest.Wait()
		gone()
		if at := <-done; !at.Equal(begun) {
			t.Errorf("it went on for %v", at.Sub(begun))
		}
	})
}

// Regression: an upgrade waited for half a minute for a wait that was part of a
// multicall.
func TestWaitForChangeInAHurry(t *testing.T) {
	act(t, func(st *stage) {
		hurry := make(chan struct{})
		st.server.hurry = func(*http.Request) <-chan struct{} { return hurry }
		good := <-st.await(names("good"), "", 0)
		wait := xmlrpc.Struct{{Name: "methodName", Value: "supervisor.waitForChange"}, {Name: "params", Value: []any{names("good"), good.change.Token, 60}}}
		alone, many := st.await(names("good"), good.change.Token, 60), make(chan time.Duration, 1)
		begun := time.Now()
		go func() {
			_, _ = st.call("system.multicall", []any{wait, wait, wait}) // how long it takes is what matters
			many <- time.Since(begun)
		}()
		synctest.Wait()
		close(hurry)
		if a := <-alone; a.err != nil || a.took != 0 {
			t.Errorf("a wait by itself: %+v", a)
		}
		if took := <-many; took != 0 {
			t.Errorf("a multicall of waits took %v", took)
		}
	})
}
