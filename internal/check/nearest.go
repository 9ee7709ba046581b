package check

import "strings"

// nearest returns the word that is most like another one, if one is like it.
func nearest(word string, among []string) (string, bool) {
	best, least := "", 1+len(word)/3
	for _, w := range among {
		if d := distance(strings.ToLower(word), strings.ToLower(w)); d <= least && (best == "" || d < least) {
			best, least = w, d
		}
	}
	return best, best != ""
}

// distance is the number of letters to insert, remove, replace or swap with
// their neighbour to make one word of another.
func distance(a, b string) int {
	const tooLong = 200
	x, y := []rune(a), []rune(b)
	if len(x) > tooLong || len(y) > tooLong {
		return tooLong
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
