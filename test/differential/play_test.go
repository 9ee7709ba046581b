//go:build linux

package differential

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// line is one step as it was played: what it showed.
type line struct {
	step   step
	text   string
	failed bool // it could not be played, so nothing follows it
}

// play plays a scenario with a pair and returns the transcript, normalised. A
// step that fails says so in the transcript and ends it.
func play(t *testing.T, sc scenario, p pair) []line {
	t.Helper()
	s, err := newStage(t, p, sc.files)
	if err != nil {
		t.Fatal(err)
	}
	var all []line
	for _, st := range sc.steps {
		text, err := s.do(st)
		if err != nil {
			text += fmt.Sprintf("\n%v\n", err)
		}
		all = append(all, line{st, text, err != nil})
		if err != nil {
			break
		}
	}
	n := s.newNormaliser()
	for i := range all {
		all[i].text = n.normalise(all[i].text)
		if all[i].step.unordered {
			lines := strings.Split(all[i].text, "\n")
			slices.Sort(lines)
			all[i].text = strings.Join(lines, "\n")
		}
	}
	return all
}

// do plays one step. A step in the background shows nothing until "wait" shows
// what all of them showed, in their order.
func (s *stage) do(st step) (string, error) {
	if st.verb == "wait" {
		var b strings.Builder
		for _, done := range s.background {
			b.WriteString(<-done)
		}
		s.background = nil
		return b.String(), nil
	}
	verb, ok := verbs[st.verb]
	if !ok {
		return "", fmt.Errorf("no verb %q", st.verb)
	}
	if !st.background {
		return verb(s, st)
	}
	done := make(chan string, 1)
	s.background = append(s.background, done)
	go func() {
		text, err := verb(s, st)
		if err != nil {
			text += fmt.Sprintf("\n%v\n", err)
		}
		done <- text
	}()
	return "", nil
}

// diff shows two texts line by line: - only in the first, + only in the second.
func diff(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	// common[i][j] is the length of the longest common subsequence of x[i:] and y[j:].
	common := make([][]int, len(x)+1)
	for i := range common {
		common[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if x[i] == y[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var out []string
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			out = append(out, "  "+x[i])
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && common[i+1][j] >= common[i][j+1]:
			out = append(out, "- "+x[i])
			i++
		default:
			out = append(out, "+ "+y[j])
			j++
		}
	}
	return strings.Join(near(out), "\n")
}

// near leaves out what is far from any difference.
func near(lines []string) []string {
	const context = 3
	var out []string
	for i, line := range lines {
		around := lines[max(0, i-context):min(len(lines), i+context+1)]
		if slices.ContainsFunc(around, func(l string) bool { return l[0] != ' ' }) {
			out = append(out, line)
		} else if len(out) > 0 && out[len(out)-1] != "  ..." {
			out = append(out, "  ...")
		}
	}
	return out
}
