package webui

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxForm is the most that the body of a request may hold, in bytes.
const maxForm = 64 << 10

// parameters returns what a request asks for, as valid UTF-8: the query and
// the urlencoded body, of whatever type the body says it is. The body wins over
// the query; in a query the first of two values wins, in a body the last. An
// empty value is none.
//
// It fails with *http.MaxBytesError if the body is too big.
func parameters(w http.ResponseWriter, r *http.Request) (map[string]string, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil {
		return nil, fmt.Errorf("cannot read form: %w", err)
	}
	values := make(map[string]string)
	for key, value := range pairs(r.URL.RawQuery) {
		if _, found := values[key]; !found {
			values[key] = value
		}
	}
	for key, value := range pairs(string(body)) {
		values[key] = value
	}
	return values, nil
}

// pairs yields the keys and values of an urlencoded text. What is badly encoded
// stands for itself.
func pairs(encoded string) func(yield func(key, value string) bool) {
	return func(yield func(key, value string) bool) {
		for pair := range strings.SplitSeq(encoded, "&") {
			key, value, _ := strings.Cut(pair, "=")
			if value != "" && !yield(unescape(key), unescape(value)) {
				return
			}
		}
	}
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		s = plain
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// quote encodes a text for a URL: all but letters, digits and _.-~/ as %XX of
// its UTF-8. It is what links and redirections have always looked like.
func quote(s string) string {
	return quoteFixes.Replace(url.QueryEscape(s))
}

var quoteFixes = strings.NewReplacer("+", "%20", "%2F", "/")

// badForm answers a request whose parameters could not be read.
func (u *UI) badForm(w http.ResponseWriter, err error) {
	if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
		u.error(w, http.StatusRequestEntityTooLarge)
		return
	}
	u.error(w, http.StatusBadRequest)
}
