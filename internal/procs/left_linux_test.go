package procs

import (
	"testing"
)

func TestBelongs(t *testing.T) {
	c := Child{Name: "web", Group: "shop", Server: "unix:///s"}
	for _, tt := range []struct {
		environ string
		want    belonging
	}{
		{"PATH=/bin\x00SUPERVISOR_PROCESS_NAME=web\x00SUPERVISOR_GROUP_NAME=shop\x00SUPERVISOR_SERVER_URL=unix:///s\x00", itsOwn},
		{"PATH=/bin\x00SUPERVISOR_PROCESS_NAME=web\x00SUPERVISOR_GROUP_NAME=shop\x00SUPERVISOR_SERVER_URL=unix:///other\x00", anothers},
		{"PATH=/bin\x00SUPERVISOR_PROCESS_NAME=web\x00SUPERVISOR_GROUP_NAME=web\x00SUPERVISOR_SERVER_URL=unix:///s\x00", anothers},
		{"PATH=/bin\x00", anothers},
		{"", unreadable},
		{"ster process nginx\x00\x00\x00", unreadable},
	} {
		if got := belongs([]byte(tt.environ), c); got != tt.want {
			t.Errorf("%q: %d, want %d", tt.environ, got, tt.want)
		}
	}
}

func TestListening(t *testing.T) {
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 4343 1 0000000000000000 100 0 0 10 0
`
	inodes := map[string]bool{}
	listening([]byte(table), 8080, inodes)
	if len(inodes) != 1 || !inodes["socket:[4242]"] {
		t.Errorf("%v", inodes)
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add([]byte("42 (a) b (c)) S 7 42 42 0 -1 4194560 103 0 0 0 12 30 5 6 20 0 1 0 987 5722112 250 1\n"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, ok := parseStat(1, text); !ok && p != (stat{}) {
			t.Errorf("%+v", p)
		}
	})
}
