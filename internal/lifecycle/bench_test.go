package lifecycle

import "testing"

// One life of a process: asked for, spawned, up, asked to stop, gone.
func BenchmarkLife(b *testing.B) {
	p := New(policy())
	b.ReportAllocs()
	for n := 1; b.Loop(); n++ {
		if _, err := p.Start(at(0)); err != nil {
			b.Fatal(err)
		}
		p.Spawned(at(0), n, n)
		p.Settle(at(1))
		if _, err := p.Stop(at(2)); err != nil {
			b.Fatal(err)
		}
		p.Ended(at(2), n, Exit{Status: -1, Text: "terminated by SIGTERM"})
		if p.State() != Stopped {
			b.Fatal(p.State())
		}
	}
}
