package capture

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

const (
	begin = "<!--XSUPERVISOR:BEGIN-->"
	end   = "<!--XSUPERVISOR:END-->"
)

// found is a sink that writes down what it gets: neighbouring log data joined,
// and "comm:" before the content of a capture.
type found []string

func (f *found) Log(data []byte) {
	if len(data) == 0 {
		panic("Log with nothing to log")
	}
	if n := len(*f); n > 0 && strings.HasPrefix((*f)[n-1], "log:") {
		(*f)[n-1] += string(data)
		return
	}
	*f = append(*f, "log:"+string(data))
}

func (f *found) Comm(data []byte) { *f = append(*f, "comm:"+string(data)) }

// filtered runs chunks through a filter, to the end of the stream.
func filtered(max int64, chunks ...string) []string {
	var got found
	f := NewFilter(max)
	for _, c := range chunks {
		f.Write([]byte(c), &got)
	}
	f.Flush(&got)
	return got
}

func TestFilter(t *testing.T) {
	for _, tt := range []struct {
		name   string // begins with the ids of the behaviour
		max    int64
		chunks []string
		want   []string
	}{
		{"LOG-027 text around is logged, text between is not", 100,
			[]string{"before" + begin + "inside" + end + "after"},
			[]string{"log:before", "comm:inside", "log:after"}},
		{"LOG-028 tokens split over writes", 100,
			[]string{"a<", "!--XSUPER", "VISOR:BEGIN--", ">b<!--XSUPERVISOR:E", "ND-->c"},
			[]string{"log:a", "comm:b", "log:c"}},
		{"LOG-029 several captures in one chunk", 100,
			[]string{begin + "1" + end + begin + "2" + end + "x" + begin + "3" + end},
			[]string{"comm:1", "comm:2", "log:x", "comm:3"}},
		{"an empty capture is an event", 100, []string{begin + end}, []string{"comm:"}},
		{"LOG-030 the oldest bytes are dropped", 5,
			[]string{begin, "abc", "def", "gh", end}, []string{"comm:defgh"}},
		{"LOG-030 a piece beyond the limit is cut, too", 5,
			[]string{begin + "abcdefgh" + end}, []string{"comm:defgh"}},
		{"LOG-031 without a limit tokens mean nothing", 0,
			[]string{"a" + begin + "b" + end}, []string{"log:a" + begin + "b" + end}},
		{"LOG-032 a short last output is not lost", 100, []string{"x"}, []string{"log:x"}},
		{"LOG-032 nor is the beginning of a token", 100, []string{"x<!--XSUPER"}, []string{"log:x<!--XSUPER"}},
		{"END without BEGIN is data", 100, []string{end + "a"}, []string{"log:" + end + "a"}},
		{"BEGIN in a capture is data", 100, []string{begin + begin + end}, []string{"comm:" + begin}},
		{"a capture without END makes no event and is logged", 100,
			[]string{"a" + begin + "b<!--XSUPERVISOR:EN"}, []string{"log:ab<!--XSUPERVISOR:EN"}},
		{"what only looks like a token is data", 100,
			[]string{"<", "<!--XSUPERVISOR:", "<!--XSUPERVISOR:BEGIN--", begin, "c", end},
			[]string{"log:<<!--XSUPERVISOR:<!--XSUPERVISOR:BEGIN--", "comm:c"}},
		{"a token in single bytes", 100, strings.Split("a"+begin+"b"+end+"c", ""),
			[]string{"log:a", "comm:b", "log:c"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := filtered(tt.max, tt.chunks...); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// LOG-032, LOG-042: a chunk in which no token can begin passes whole, at once.
func TestFilterHoldsBackOnlyTokenStarts(t *testing.T) {
	for _, tt := range []struct {
		chunk string
		held  int
	}{
		{strings.Repeat("x", 128<<10), 0}, {"short", 0}, {"a<b", 0}, {"<<!--", 4}, {"a<", 1}, {begin[:23], 23},
		{"<!--XSUPERVISOR:BEGIN--x", 0}, {"<!--XSUPERVISOR:END--", 0},
	} {
		var got found
		NewFilter(100).Write([]byte(tt.chunk), &got)
		want := tt.chunk[:len(tt.chunk)-tt.held]
		if text := strings.TrimPrefix(strings.Join(got, ""), "log:"); text != want {
			t.Errorf("%.30q: %d bytes passed, want %d", tt.chunk, len(text), len(want))
		}
	}
}

// The filter relies on '<' being nowhere in a token but at its start.
func TestTokensBeginOnce(t *testing.T) {
	for _, token := range [][]byte{beginToken, endToken} {
		if bytes.LastIndexByte(token, '<') != 0 {
			t.Errorf("%s", token)
		}
	}
}

// Comm hands the data over: later writes leave it alone.
func TestCommDataStays(t *testing.T) {
	kept := keeper{}
	f := NewFilter(100)
	f.Write([]byte(begin+"first"+end), &kept)
	f.Write([]byte(begin+"XXXXX"+end), &kept)
	if string(kept.comm[0]) != "first" {
		t.Errorf("the first capture became %q", kept.comm[0])
	}
}

type keeper struct{ comm [][]byte }

func (k *keeper) Log([]byte)       {}
func (k *keeper) Comm(data []byte) { k.comm = append(k.comm, data) }

// LOG-030: the buffer stays near its limit, however much comes.
func TestBufferIsBounded(t *testing.T) {
	f, sink := NewFilter(1000), &found{}
	f.Write([]byte(begin), sink)
	for range 10000 {
		f.Write([]byte("0123456789"), sink)
		if cap(f.buffer) > 4000 {
			t.Fatalf("a capture of at most 1000 bytes uses %d", cap(f.buffer))
		}
	}
	f.Write([]byte(end), sink)
	if want := "comm:" + strings.Repeat("0123456789", 100); !slices.Equal(*sink, []string{want}) {
		t.Error("the capture is not the last 1000 bytes")
	}
}

// model is what a filter finds in a whole stream, said as simply as possible.
func model(max int, stream string) []string {
	var want found
	for {
		before, rest, ok := strings.Cut(stream, begin)
		inside, after, closed := strings.Cut(rest, end)
		if before != "" {
			want.Log([]byte(before))
		}
		if !ok {
			return want
		}
		inside = inside[lessOrZero(len(inside), max):]
		if !closed {
			if inside != "" {
				want.Log([]byte(inside))
			}
			return want
		}
		want.Comm([]byte(inside))
		stream = after
	}
}

func lessOrZero(n, m int) int { return max(0, n-m) }

// cut cuts a stream into chunks whose lengths are given, over and over.
func cut(stream string, lengths []byte) (chunks []string) {
	for i := 0; len(stream) > 0; i++ {
		n := len(stream)
		if len(lengths) > 0 {
			n = min(n, int(lengths[i%len(lengths)])+1)
		}
		chunks = append(chunks, stream[:n])
		stream = stream[n:]
	}
	return chunks
}

func check(t *testing.T, max int, stream string, lengths []byte) {
	t.Helper()
	want := model(max, stream)
	if got := filtered(int64(max), cut(stream, lengths)...); !slices.Equal(got, want) {
		t.Fatalf("max %d, stream %q in chunks of %v\ngot  %q\nwant %q", max, stream, lengths, got, want)
	}
}

// LOG-027 to LOG-032: however a stream is cut, the result is the same.
func TestFilterRandomWalk(t *testing.T) {
	pieces := []string{begin, end, begin[:7], end[:17], begin[7:], "<", "<!", "-->", "x", "some text\n", "\x00\xff"}
	for seed := range uint64(5000) {
		random := rand.New(rand.NewPCG(seed, 1))
		var stream strings.Builder
		for range random.IntN(30) {
			stream.WriteString(pieces[random.IntN(len(pieces))])
		}
		lengths := make([]byte, random.IntN(5))
		for i := range lengths {
			lengths[i] = byte(random.IntN(40))
		}
		check(t, 1+random.IntN(60), stream.String(), lengths)
	}
}

func FuzzFilter(f *testing.F) {
	f.Add(uint16(10), "a"+begin+"0123456789abc"+end+"z", []byte{3, 0})
	f.Add(uint16(1), begin+begin+end+end, []byte{})
	f.Add(uint16(100), "<<!--XSUPERVISOR:BEGI"+begin, []byte{22, 1})
	f.Fuzz(func(t *testing.T, max uint16, stream string, lengths []byte) {
		stream = stream[:min(len(stream), 4096)] // joining what was found is quadratic
		check(t, int(max)+1, stream, lengths)
	})
}

// discard is a sink that costs nothing.
type discard struct{ bytes int }

func (d *discard) Log(data []byte)  { d.bytes += len(data) }
func (d *discard) Comm(data []byte) { d.bytes += len(data) }

func TestFilterWithoutTokensAllocatesNothing(t *testing.T) {
	chunk := []byte(strings.Repeat("a line of <b>ordinary</b> output\n", 100))
	f, sink := NewFilter(1<<20), &discard{}
	if n := testing.AllocsPerRun(100, func() { f.Write(chunk, sink) }); n != 0 {
		t.Errorf("%v allocations a chunk", n)
	}
}

func BenchmarkFilter(b *testing.B) {
	for _, size := range []int{100, 4 << 10, 64 << 10} {
		chunk := []byte(strings.Repeat("2026-11-22 09:53:02 some <b>line</b> of a log that is not remarkable\n", 1000)[:size])
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			f, sink := NewFilter(1<<20), &discard{}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				f.Write(chunk, sink)
			}
		})
	}
}
