package pattern

import "testing"

// A pattern that nobody uses is not even looked at.
func TestLazy(t *testing.T) {
	wrong := Lazy("(")
	if !Lazy("^a+$").MatchString("aaa") || Lazy("^a+$").MatchString("aab") {
		t.Error("a pattern does not match what it should")
	}
	defer func() {
		if recover() == nil {
			t.Error("a wrong expression was used without a word")
		}
	}()
	wrong.MatchString("x")
}
