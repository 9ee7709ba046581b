//go:build linux && (amd64 || arm64)

package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"supervisor/xmlrpc"
)

// call renders a call without parameters.
func call(method string) []byte { return request(xmlrpc.AppendCall(nil, "supervisor."+method)) }

// callFor is how long calls are repeated for one figure.
func (r *run) callFor() time.Duration {
	if r.quick {
		return 700 * time.Millisecond
	}
	return 1500 * time.Millisecond
}

// timed repeats a call for a while, at least five times, and returns how long
// each took.
func timed(c *client, request []byte, during time.Duration, most int) ([]time.Duration, error) {
	var took []time.Duration
	for began := time.Now(); (time.Since(began) < during || len(took) < 5) && len(took) < most; {
		sent := time.Now()
		if _, err := c.do(request); err != nil {
			return nil, err
		}
		took = append(took, time.Since(sent))
	}
	return took, nil
}

// in returns durations as figures of a unit.
func in(unit time.Duration, all []time.Duration) []float64 {
	figures := make([]float64, len(all))
	for i, d := range all {
		figures[i] = float64(d) / float64(unit)
	}
	return figures
}

// calls measures calls that only look.
func (r *run) calls(d *daemon) error {
	if !d.can.calls || !r.wants("state p50", "state rate", "all p50") {
		return nil
	}
	c, err := dial(socketIn(d.dir))
	if err != nil {
		return err
	}
	defer c.close()
	took, err := timed(c, call("getState"), r.callFor(), 20_000)
	if err != nil {
		return err
	}
	r.sample("state p50", d.contender, median(in(time.Microsecond, took)))
	if took, err = timed(c, call("getAllProcessInfo"), r.callFor(), 2_000); err != nil {
		return err
	}
	r.sample("all p50", d.contender, median(in(time.Millisecond, took)))
	rate, err := throughput(socketIn(d.dir), call("getState"), 8, r.callFor())
	if err == nil {
		r.sample("state rate", d.contender, rate)
	}
	return err
}

// throughput returns how many calls a second a number of clients get answered.
func throughput(socket string, request []byte, clients int, during time.Duration) (float64, error) {
	var (
		group  sync.WaitGroup
		calls  atomic.Int64
		failed = make(chan error, clients)
		began  = time.Now()
	)
	for range clients {
		group.Go(func() {
			c, err := dial(socket)
			if err != nil {
				failed <- err
				return
			}
			defer c.close()
			for time.Since(began) < during {
				if _, err := c.do(request); err != nil {
					failed <- err
					return
				}
				calls.Add(1)
			}
		})
	}
	group.Wait()
	select {
	case err := <-failed:
		return 0, err
	default:
		return float64(calls.Load()) / time.Since(began).Seconds(), nil
	}
}

// fleetCalls measures calls that start and stop everything. It leaves
// everything started.
func (r *run) fleetCalls(d *daemon) error {
	if !d.can.calls || !r.wants("stop all", "start all", "restart all") {
		return nil
	}
	c, err := dial(socketIn(d.dir))
	if err != nil {
		return err
	}
	defer c.close()
	n := len(d.children)
	for range 3 {
		began := time.Now()
		if _, err := c.do(call("stopAllProcesses")); err != nil {
			return err
		}
		stopped := time.Now()
		clear(d.children)
		if _, err := c.do(call("startAllProcesses")); err != nil {
			return err
		}
		last, err := d.await(n)
		if err != nil {
			return err
		}
		if answered := time.Now(); answered.After(last) {
			last = answered
		}
		r.sample("stop all", d.contender, ms(stopped.Sub(began)))
		r.sample("start all", d.contender, ms(last.Sub(stopped)))
		r.sample("restart all", d.contender, ms(last.Sub(began)))
	}
	return nil
}

// bigAnswers measures what big answers cost, and whom they hold up.
func (r *run) bigAnswers(d *daemon) error {
	if !d.can.calls || !r.wants("all cpu", "slow client") {
		return nil
	}
	c, err := dial(socketIn(d.dir))
	if err != nil {
		return err
	}
	defer c.close()
	before, err := d.cpu()
	if err != nil {
		return err
	}
	took, err := timed(c, call("getAllProcessInfo"), r.callFor(), 1_000)
	if err != nil {
		return err
	}
	after, err := d.cpu()
	if err != nil {
		return err
	}
	r.sample("all cpu", d.contender, ms(after-before)/float64(len(took)))

	slow, err := dial(socketIn(d.dir))
	if err != nil {
		return err
	}
	defer slow.close()
	if _, err := slow.conn.Write(call("getAllProcessInfo")); err != nil {
		return fmt.Errorf("cannot send a call: %w", err)
	}
	if _, err := slow.in.ReadByte(); err != nil { // the answer has begun, and that is all that we take of it
		return err
	}
	if took, err = timed(c, call("getState"), time.Minute, 200); err != nil {
		return err
	}
	r.sample("slow client", d.contender, quantile(in(time.Millisecond, took), 1))
	return nil
}
