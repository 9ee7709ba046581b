//go:build linux && (amd64 || arm64)

package main

import (
	"fmt"
	"strconv"

	"supervisor/xmlrpc"
)

// events measures how events get to a listener.
func (r *run) events(c contender) error {
	if r.wants("remote rate", "remote cpu") {
		if err := r.remoteEvents(c); err != nil {
			return err
		}
	}
	if r.wants("log rate", "log cpu") {
		return r.logEvents(c)
	}
	return nil
}

// remoteEvents has clients send events, a hundred in a call.
func (r *run) remoteEvents(c contender) error {
	const bundle = 100
	n := 20_000
	if r.quick || c.name == "reference" {
		n = 5_000
	}
	one := xmlrpc.Struct{
		{Name: "methodName", Value: "supervisor.sendRemoteCommEvent"},
		{Name: "params", Value: []any{"bench", "hello"}},
	}
	var calls []any
	for range bundle {
		calls = append(calls, one)
	}
	message := request(xmlrpc.AppendCall(nil, "system.multicall", calls))
	w := workload{
		children: 1, hears: "REMOTE_COMMUNICATION",
		listener: []string{r.self, "listener", reportsTo, "events", strconv.Itoa(n)},
	}
	return r.supervise(c, w, func(d *daemon) error {
		if _, err := d.await(2); err != nil {
			return err
		}
		if err := d.settle(); err != nil {
			return err
		}
		client, err := dial(socketIn(d.dir))
		if err != nil {
			return err
		}
		defer client.close()
		began, before, err := d.clock()
		if err != nil {
			return err
		}
		for range n / bundle {
			if _, err := client.do(message); err != nil {
				return err
			}
		}
		last, err := d.arrivals.next(patience)
		if err != nil {
			return fmt.Errorf("the listener: %w", err)
		}
		after, err := d.cpu()
		if err != nil {
			return err
		}
		r.sample("remote rate", c, float64(n)/last.at.Sub(began).Seconds())
		r.sample("remote cpu", c, (after-before).Seconds()*1e6/float64(n))
		return nil
	})
}

// logEvents has a child write lines of 100 bytes, which become events.
func (r *run) logEvents(c contender) error {
	const size = 100
	lines := 200_000
	if r.quick || c.name == "reference" {
		lines = 50_000
	}
	total := strconv.Itoa(lines * size)
	w := workload{
		children: 1, once: true, events: true, hears: "PROCESS_LOG",
		command:  []string{r.self, "writer", reportsTo, strconv.Itoa(size), total},
		listener: []string{r.self, "listener", reportsTo, "bytes", total},
	}
	return r.supervise(c, w, func(d *daemon) error {
		began, before, err := d.begin()
		if err != nil {
			return err
		}
		last, err := d.arrivals.wait(3, patience)
		if err != nil {
			return fmt.Errorf("the listener: %w", err)
		}
		after, err := d.cpu()
		if err != nil {
			return err
		}
		r.sample("log rate", c, float64(lines)/last[2].at.Sub(began).Seconds())
		r.sample("log cpu", c, (after-before).Seconds()*1e6/float64(lines))
		return nil
	})
}
