package supervisord

import (
	"encoding/json"
	"testing"

	"supervisor/internal/config"
)

// What would arrive changed is not handed over; what only looks like that is.
func TestEncode(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		refused    bool
	}{
		{"a text", "echo caf\u00e9", false},
		{"bytes that are no text", "echo caf\xe9", true},
		{"the character that stands for such bytes", "echo \ufffd", false},
		{"its escape", `printf '\ufffd'`, false},
		{"such bytes behind a backslash", "echo \\\xe9", true},
	} {
		i := &image{Version: imageVersion, Config: &config.Config{}, Program: programImage{Args: []string{tt.text}}}
		text, err := i.encode()
		if (err != nil) != tt.refused {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err != nil {
			continue
		}
		var arrived image
		if err := json.Unmarshal(text, &arrived); err != nil || arrived.Program.Args[0] != tt.text {
			t.Errorf("%s: %q arrived as %q, %v", tt.name, tt.text, arrived.Program.Args, err)
		}
	}
}
