package supervisorctl

import (
	"slices"
	"strings"
)

// mostGuesses is how many words are suggested at most.
const mostGuesses = 3

// suggest returns those of the words that somebody may have meant who typed
// another one, the likeliest ones.
func suggest(typed string, words []string) []string {
	type guess struct {
		word     string
		distance int
	}
	var guesses []guess
	most := max(1, len([]rune(typed))/3)
	for _, word := range words {
		d := distance(strings.ToLower(typed), strings.ToLower(word))
		if d <= most && !slices.Contains(guesses, guess{word, d}) {
			guesses = append(guesses, guess{word, d})
		}
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return a.distance - b.distance })
	var best []string
	for _, g := range guesses[:min(mostGuesses, len(guesses))] {
		if g.distance == guesses[0].distance {
			best = append(best, g.word)
		}
	}
	return best
}

// distance returns how many letters have to be added, left out, replaced or
// swapped with the next one to make b of a (the optimal string alignment).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	rows := make([][]int, len(from)+1)
	for i := range rows {
		rows[i] = make([]int, len(to)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(from); i++ {
		for j := 1; j <= len(to); j++ {
			replaced := rows[i-1][j-1]
			if from[i-1] != to[j-1] {
				replaced++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, replaced)
			if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(from)][len(to)]
}

// didYouMean returns the sentence that offers the words; empty if there are none.
func didYouMean(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return "Did you mean " + strings.Join(words, " or ") + "?"
}
