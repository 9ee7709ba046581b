package lifecycle

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// docs/states.md shows every change of state that there is: no more than a long
// random walk takes, and no fewer.
func TestDocumentShowsEveryEdge(t *testing.T) {
	text, err := os.ReadFile("../../docs/states.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := make(map[string]bool)
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || strings.Contains(line, "---") || strings.TrimSpace(cells[1]) == "From" {
			continue
		}
		from, to, event := strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2]), strings.TrimSpace(cells[4])
		documented[from+" -> "+to] = true
		if event != "PROCESS_STATE_"+to {
			t.Errorf("%s -> %s sends %s", from, to, event)
		}
	}
	walked := make(map[string]bool)
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 2))
		w := newWorld(t, Restart(rng.IntN(3)), rng.IntN(3), rng.IntN(4))
		w.onEdge = func(from, to State) { walked[fmt.Sprintf("%v -> %v", from, to)] = true }
		for range 500 {
			w.step(byte(rng.Uint32()))
		}
	}
	if !maps.Equal(documented, walked) {
		t.Errorf("documented %v\nwalked %v", slices.Sorted(maps.Keys(documented)), slices.Sorted(maps.Keys(walked)))
	}
}
