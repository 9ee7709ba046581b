package corpus

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"supervisor/internal/check"
	"supervisor/internal/checker"
	"supervisor/internal/config"
)

// The checker agrees with the daemon about every real file, as it is and with
// what it names: it has an error if the daemon refuses it, among them the one
// that the daemon gives, and none otherwise.
func TestCheckAgreesWithTheDaemon(t *testing.T) {
	refused := 0
	for _, file := range files(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			abs, err := filepath.Abs(file)
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(abs)
			if err != nil {
				t.Fatal(err)
			}
			root := t.TempDir()
			if !agreed(t, source(abs, root)) {
				refused++
			}
			copied := filepath.Join(root, "supervisord.conf")
			writeFile(t, copied, atHome(string(bytes.TrimPrefix(text, byteOrderMark)), root))
			for tries := 0; tries < 100 && !agreed(t, source(copied, root)); tries++ {
				_, err := config.Load(source(copied, root))
				if err == nil || !repair(t, "Error: "+err.Error(), request{File: copied, Cwd: root, Env: map[string]string{}}) {
					break
				}
			}
		})
	}
	if refused == 0 {
		t.Error("every file loads as it is: the comparison is one-sided")
	}
}

func source(file, cwd string) config.Source {
	var env []string
	for name, value := range environment() {
		env = append(env, name+"="+value)
	}
	return config.Source{File: file, Cwd: cwd, Env: env, UID: os.Getuid(), Hostname: "host"}
}

// agreed compares the two for one file. It reports whether it loads.
func agreed(t *testing.T, src config.Source) bool {
	t.Helper()
	var out, errs bytes.Buffer
	status := checker.Run(checker.Invocation{Program: "supervisord", Args: []string{"--json"}, Source: src, Stdout: &out, Stderr: &errs})
	var found []check.Finding
	if err := json.Unmarshal(out.Bytes(), &found); err != nil || errs.Len() > 0 {
		t.Fatalf("%v\n%s%s", err, &out, &errs)
	}
	_, err := config.Load(src)
	var refusal *config.Error
	loads := !errors.As(err, &refusal)
	mistaken := slices.DeleteFunc(slices.Clone(found), func(f check.Finding) bool {
		return f.Severity != check.Error || f.Code == "socket-directory" || f.Code == "socket-path-too-long"
	})
	switch {
	case loads && len(mistaken) > 0:
		t.Errorf("it loads, but: %+v", mistaken)
	case !loads && (status != 1 || !slices.ContainsFunc(mistaken, func(f check.Finding) bool { return same(f, refusal) })):
		t.Errorf("the daemon says %s %q; the checker does not:\n%+v", refusal.Where(), refusal.Text, mistaken)
	}
	return loads
}

// same reports whether a finding is an error of the daemon. Two messages are
// others, because those of the daemon list all that there is.
func same(f check.Finding, e *config.Error) bool {
	rephrased := e.Code == config.Syntax || e.Code == config.BadExpansion
	return f.Code == e.Code && f.File == e.File && f.Section == e.Section && f.Key == e.Key &&
		(rephrased || strings.HasPrefix(e.Text, f.Message))
}
