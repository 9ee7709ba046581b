//go:build linux

package stage

import (
	"context"

	"supervisor/internal/wire"
	"supervisor/xmlrpc/client"
)

// Client returns a client for the socket that the configuration has put on the
// stage.
func (s *Stage) Client() *client.Client {
	s.t.Helper()
	c, err := client.New("unix://"+s.Path("socket"), "", "")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() }) // the daemon may have gone first
	return c
}

// Call calls a method that must succeed.
func (s *Stage) Call(method string, params ...any) any {
	s.t.Helper()
	v, err := s.Client().Call(context.Background(), method, params...)
	if err != nil {
		s.t.Fatalf("%s%v: %v", method, params, err)
	}
	return v
}

// Process returns what the daemon tells about a process.
func (s *Stage) Process(name string) wire.ProcessInfo {
	s.t.Helper()
	info, err := wire.ParseProcessInfo(s.Call("supervisor.getProcessInfo", name))
	if err != nil {
		s.t.Fatal(err)
	}
	return info
}

// AwaitState waits until a process is in a state; the daemon may not be up yet.
func (s *Stage) AwaitState(name string, state wire.ProcessState) {
	s.t.Helper()
	c := s.Client()
	s.Await(name+" "+state.String(), func() bool {
		v, err := c.Call(context.Background(), "supervisor.getProcessInfo", name)
		if err != nil {
			return false
		}
		info, err := wire.ParseProcessInfo(v)
		return err == nil && info.State == state
	})
}
