package launch

import (
	"fmt"
	"log/slog"
	"testing"

	"supervisor/internal/config"
	"supervisor/internal/supervisor"
)

// What a chunk costs on its way from the pipe to the log file.
func BenchmarkStreamHandle(b *testing.B) {
	for _, size := range []int{100, 4 << 10, 64 << 10} {
		for _, bb := range []struct {
			name    string
			capture int64
		}{{"plain", 0}, {"capture", 1 << 20}} {
			b.Run(fmt.Sprintf("%s/%d", bb.name, size), func(b *testing.B) {
				cfg := config.Stream{MaxBytes: 50 << 20, Backups: 1, CaptureMax: config.ByteSize(bb.capture)}
				p := &config.Process{Name: "p", Group: "p", Stdout: cfg}
				l := &Launcher{Options: Options{Log: slog.New(slog.DiscardHandler)}}
				s := &seat{launcher: l, config: p}
				st, err := s.openStream("stdout", b.TempDir()+"/log", cfg, func(supervisor.Report) {})
				if err != nil {
					b.Fatal(err)
				}
				defer st.close()
				chunk := make([]byte, size)
				for i := range chunk {
					chunk[i] = byte('a' + i%26)
				}
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					st.handle(chunk)
				}
			})
		}
	}
}
