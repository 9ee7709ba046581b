package httpd

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"supervisor/internal/config"
)

func unixServer(path string) config.Server {
	return config.Server{Section: "unix_http_server", Path: path, Mode: 0700, Owner: config.KeepOwner}
}

// open opens servers and returns what was said about stale sockets.
func open(t *testing.T, servers ...config.Server) (s *Servers, log *journal, stale []string, err error) {
	t.Helper()
	log = newJournal()
	s, err = Open(Options{
		Servers:    servers,
		Interfaces: []string{"supervisor"},
		Log:        slog.New(log),
		Stale:      func(path string) { stale = append(stale, path) },
	})
	if err == nil {
		t.Cleanup(s.Close)
	}
	return s, log, stale, err
}

// onlyFile checks that a socket has left no other file beside it.
func onlyFile(t *testing.T, path string) fs.FileInfo {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != filepath.Base(path) {
		t.Fatalf("there is %v", entries)
	}
	info, err := entries[0].Info()
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestUnixSocket(t *testing.T) {
	for _, mode := range []uint32{0700, 0770, 0777, 0600, 0} {
		path := filepath.Join(t.TempDir(), "s")
		server := unixServer(path)
		server.Mode = mode
		server.Owner = config.Owner{UID: os.Getuid(), GID: os.Getgid()}
		s, _, _, err := open(t, server)
		if err != nil {
			t.Fatal(err)
		}
		if got := onlyFile(t, path).Mode(); got != fs.ModeSocket|fs.FileMode(mode) {
			t.Errorf("mode %o: got %v", mode, got)
		}
		s.Close()
		if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the socket is still there: %v", err)
		}
	}
}

func TestServersAreAnnounced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	port := freePort(t)
	// "Open to all" is said of the port that others can reach, and of no other.
	everywhere := config.Server{Section: "inet_http_server:c", Port: freePort(t, port), Password: "for nobody"}
	quiet := config.Server{Section: "inet_http_server:b", Port: freePort(t, port, everywhere.Port), Username: "u"}
	_, log, _, err := open(t, config.Server{Section: "inet_http_server:a", Host: "127.0.0.1", Port: port}, quiet, unixServer(path), everywhere)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for line := range strings.Lines(log.String() + "\n") {
		if before, _, ok := strings.Cut(line, " started at "); ok {
			line = before + " started at\n"
		}
		got.WriteString(line)
	}
	want := fmt.Sprintf(`TRAC 127.0.0.1:Medusa (V1.12) started at
	Hostname: 127.0.0.1
	Port:%d
INFO RPC interface 'supervisor' initialized
CRIT Server 'inet_http_server:a' running without any HTTP authentication checking
TRAC :Medusa (V1.12) started at
	Hostname: 
	Port:%d
INFO RPC interface 'supervisor' initialized
TRAC %[3]s:Medusa (V1.12) started at
	Hostname: <unix domain socket>
	Port:%[3]s
INFO RPC interface 'supervisor' initialized
CRIT Server 'unix_http_server' running without any HTTP authentication checking
TRAC :Medusa (V1.12) started at
	Hostname: 
	Port:%[4]d
INFO RPC interface 'supervisor' initialized
CRIT Server 'inet_http_server:c' running without any HTTP authentication checking
WARN nobody is asked for the password in [inet_http_server:c], because the username there is empty
WARN anybody who can reach port %[4]d of this machine can start and stop its programs and read their logs; set username and password in [inet_http_server:c], or port=127.0.0.1:%[4]d
`, port, quiet.Port, path, everywhere.Port)
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &got, want)
	}
}

// What may be in the way of a socket, and what becomes of it.
func TestInTheWay(t *testing.T) {
	for _, test := range []struct {
		name  string
		make  func(t *testing.T, path string)
		stale bool
		err   error
	}{
		{"nothing", func(*testing.T, string) {}, false, nil},
		{"a dead socket", deadSocket, true, nil},
		{"an empty file", func(t *testing.T, path string) { write(t, path, "") }, true, nil},
		{"a link to nothing", func(t *testing.T, path string) { symlink(t, "missing", path) }, true, nil},
		{"a living socket", livingSocket, false, syscall.EADDRINUSE},
		{"a file", func(t *testing.T, path string) { write(t, path, "precious") }, false, syscall.EEXIST},
		{"a directory", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0700); err != nil {
				t.Fatal(err)
			}
		}, false, syscall.EEXIST},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "s")
			test.make(t, path)
			s, _, stale, err := open(t, unixServer(path))
			if !errors.Is(err, test.err) {
				t.Fatalf("got %v, want %v", err, test.err)
			}
			if test.stale != (len(stale) == 1 && stale[0] == path) {
				t.Errorf("stale: %v", stale)
			}
			info := onlyFile(t, path)
			if s == nil {
				return
			}
			if info.Mode()&fs.ModeSocket == 0 {
				t.Errorf("there is %v", info.Mode())
			}
			s.Serve(echoes)
			if _, body := dial(t, path).send("GET /x HTTP/1.0\n\n").answer(t); body != "ui GET /x " {
				t.Errorf("got %q", body)
			}
		})
	}
}

func TestLinkIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	target, path := filepath.Join(dir, "target"), filepath.Join(dir, "s")
	write(t, target, "precious")
	symlink(t, target, path)
	if _, _, _, err := open(t, unixServer(path)); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(target); string(text) != "precious" {
		t.Errorf("got %q, %v", text, err)
	}
}

// A socket that somebody else has put in place of ours is not ours to remove.
func TestForeignSocketIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	s, _, _, err := open(t, unixServer(path))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	livingSocket(t, path)
	s.Close()
	if _, err := os.Lstat(path); err != nil {
		t.Error(err)
	}
}

// If one server cannot be opened, the others are closed again.
func TestAllOrNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	if _, _, _, err := open(t, unixServer(path), unixServer(filepath.Join(t.TempDir(), "missing", "s"))); err == nil {
		t.Fatal("no error")
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

// The texts that scripts look for (cli.md, section 2, step 9).
func TestListenErrors(t *testing.T) {
	dir := t.TempDir()
	living := filepath.Join(dir, "living")
	livingSocket(t, living)
	busy, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	const inUse = "Another program is already listening on a port that one of our HTTP servers is configured to use."
	for _, test := range []struct {
		name   string
		server config.Server
		where  string
		want   string
	}{
		{"a port in use", config.Server{Host: "127.0.0.1", Port: busy.Addr().(*net.TCPAddr).Port}, busy.Addr().String(), inUse},
		{"a socket in use", unixServer(living), living, inUse},
		{"no directory", unixServer(filepath.Join(dir, "missing", "s")), filepath.Join(dir, "missing", "s"), "Cannot open an HTTP server: socket.error reported errno.ENOENT (2)"},
		{"no such address", config.Server{Host: "192.0.2.1", Port: 19475}, "192.0.2.1:19475", "Cannot open an HTTP server: socket.error reported errno.EADDRNOTAVAIL ("},
		{"path too long", unixServer(filepath.Join(dir, strings.Repeat("x", 200))), filepath.Join(dir, strings.Repeat("x", 200)), "Cannot open an HTTP server: socket.error reported AF_UNIX path too long"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, _, err := open(t, test.server)
			var known *ListenError
			if !errors.As(err, &known) || !strings.HasPrefix(err.Error(), test.want) {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			if known.Where() != test.where {
				t.Errorf("Where() = %s, want %s", known.Where(), test.where)
			}
		})
	}
}

// What only other systems, users and networks can cause.
func TestErrorTexts(t *testing.T) {
	server := unixServer("/run/s")
	server.Owner = config.Owner{UID: 0, GID: 5}
	for _, test := range []struct {
		err  error
		want string
	}{
		{chownError(server, syscall.EPERM), "Not permitted to chown /run/s to uid/gid (0, 5)"},
		{listenError(server, &net.DNSError{IsNotFound: true}), "Cannot open an HTTP server: socket.error reported -2"},
		{listenError(server, &net.DNSError{IsTemporary: true}), "Cannot open an HTTP server: socket.error reported -3"},
		{listenError(server, &os.PathError{Err: syscall.EACCES}), "Cannot open an HTTP server: socket.error reported errno.EACCES (13)"},
	} {
		if got := test.err.Error(); !strings.HasPrefix(got, test.want) {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

func deadSocket(t *testing.T, path string) {
	t.Helper()
	l := listenAt(t, path)
	l.SetUnlinkOnClose(false)
	l.Close()
}

func livingSocket(t *testing.T, path string) { listenAt(t, path) }

func listenAt(t *testing.T, path string) *net.UnixListener {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0600); err != nil {
		t.Fatal(err)
	}
}

func symlink(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}
