package rpc

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"supervisor/internal/severity"
	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// Regression: ten thousand calls of one multicall could each return as much of a
// log as there is.
func TestMulticallAnswerIsBounded(t *testing.T) {
	act(t, func(st *stage) {
		const size = 25 << 20
		text := strings.Repeat("x", size)
		if err := os.WriteFile(filepath.Join(st.dir, "main.log"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		read := xmlrpc.Struct{{Name: "methodName", Value: "supervisor.readLog"}, {Name: "params", Value: []any{0, 0}}}
		pid := xmlrpc.Struct{{Name: "methodName", Value: "supervisor.getPID"}, {Name: "params", Value: []any{}}}
		value, err := st.server.call(st.server.newTurn(st.t.Context()), nil, "system.multicall", []any{[]any{read, read, read, pid}})
		if err != nil {
			t.Fatal(err)
		}
		answer, err := xmlrpc.ParseResponse(xmlrpc.AppendResponse(nil, value))
		if err != nil {
			t.Fatal(err)
		}
		results := answer.([]any)
		if results[0] != text || results[1] != text || results[3] != 42 {
			t.Error("what there was room for is not there")
		}
		fault, _ := results[2].(xmlrpc.Struct)
		if code, _ := fault.Get("faultCode"); code != int(wire.Failed) {
			t.Errorf("what there was no room for is %.100v", results[2])
		}
		if n := len(st.server.turns); n != 1 {
			t.Errorf("one request takes %d turns", n)
		}
	})
}

// Big pieces of logs are read a few at a time; small ones always.
func TestBigReadsTakeTurns(t *testing.T) {
	act(t, func(st *stage) {
		if err := os.WriteFile(filepath.Join(st.dir, "main.log"), make([]byte, bigRead), 0o600); err != nil {
			t.Fatal(err)
		}
		for range maxBig {
			st.server.turns <- struct{}{}
		}
		read := func(ctx context.Context, offset, length int) chan error {
			done := make(chan error, 1)
			go func() {
				turn := st.server.newTurn(ctx)
				defer turn.end()
				_, err := st.server.call(turn, nil, "supervisor.readLog", []any{offset, length})
				done <- err
			}()
			return done
		}
		for name, small := range map[string]chan error{
			"the end":   read(st.t.Context(), -1000, 0),
			"the start": read(st.t.Context(), 0, 1000),
		} {
			if err := <-small; err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		ctx, leave := context.WithCancel(st.t.Context())
		big, left := read(st.t.Context(), 0, 0), read(ctx, 0, 0)
		synctest.Wait()
		if len(big)+len(left) > 0 {
			t.Error("a big read does not wait for its turn")
		}
		leave()
		var fault *xmlrpc.Fault
		if err := <-left; !errors.As(err, &fault) || fault.Code != int(wire.Failed) {
			t.Errorf("whose client has left: %v", err)
		}
		<-st.server.turns
		if err := <-big; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if n := len(st.server.turns); n != maxBig-1 {
			t.Errorf("%d turns are taken at the end", n)
		}
	})
}

// CVE-2017-11610: a method is found by its whole name, and by nothing that could
// be reached from it.
func TestNoWayThroughNamespaces(t *testing.T) {
	act(t, func(st *stage) {
		for _, name := range []string{
			"supervisor.supervisord.options.warnings.linecache.os.system",
			"supervisor.supervisord.options.execve", "supervisor.supervisord", "supervisor._readLog",
			"supervisor.__class__", "supervisor.__init__", "supervisor.getPID.__call__", "supervisor..getPID",
			"system.namespaces", "system.methodHelp.__globals__", "supervisor.system.listMethods",
			"supervisor", "supervisor.", ".getPID", "getPID", "SUPERVISOR.getPID", "supervisor.getPID\x00", " supervisor.getPID",
			strings.Repeat("supervisor.", 10_000) + "getPID",
		} {
			_, err := st.server.call(st.server.newTurn(st.t.Context()), nil, name, nil)
			var fault *xmlrpc.Fault
			if !errors.As(err, &fault) || fault.Code != int(wire.UnknownMethod) {
				t.Errorf("%.80q: %v", name, err)
			}
		}
	})
}

// Regression: the name of a method, of a process, or of the program that the daemon
// was to become could end the line of the log in which it stands, and begin one of
// its own.
func TestNamesStayInTheirLine(t *testing.T) {
	act(t, func(st *stage) {
		var log bytes.Buffer
		st.server.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: severity.Trace, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.MessageKey {
				log.WriteString(a.Value.String() + "\n") // as the activity log writes it
			}
			return a
		}}))
		st.server.upgrade = func(_ *http.Request, path string) error {
			st.server.log.Error("cannot upgrade to " + path)
			return nil
		}
		for _, c := range []xmlrpc.Call{
			{Method: "supervisor.upgrade", Params: []any{"/x\nCRIT forged"}},
			{Method: "x\nCRIT forged\x1b[2J" + strings.Repeat("x", 5000)},
			{Method: "supervisor.startProcess", Params: []any{"x\r\nCRIT forged"}},
		} {
			st.server.answer(st.server.newTurn(st.t.Context()), nil, nil, c)
		}
		for line := range strings.Lines(log.String()) {
			if strings.HasPrefix(line, "CRIT") || len(line) > 2000 || strings.ContainsAny(line, "\r\x1b") {
				t.Errorf("a line of the log is %.100q", line)
			}
		}
		if !strings.Contains(log.String(), "x?CRIT forged") {
			t.Errorf("the log is %q", log.String())
		}
	})
}

// Names lead to processes, and to nothing else.
func TestNamesAreNoPaths(t *testing.T) {
	act(t, func(st *stage) {
		for _, name := range []string{"../../etc/passwd", "/etc/passwd", "good/../good", "good\x00", "good:good:good", strings.Repeat("x", 1<<20)} {
			for _, method := range []string{"readProcessStdoutLog", "tailProcessStderrLog"} {
				_, err := st.server.call(st.server.newTurn(st.t.Context()), nil, "supervisor."+method, []any{name, 0, 100})
				if faultOf(err).Code != int(wire.BadName) {
					t.Errorf("%s of %.40q: %v", method, name, err)
				}
			}
		}
	})
}
