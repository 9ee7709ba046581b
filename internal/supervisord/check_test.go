package supervisord

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// DIF-016: check is a command, wherever the file is named, and runs nothing.
func TestCheck(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.conf")
	smells := filepath.Join(dir, "smells.conf")
	user := "" // which nobody but root has to name, or may
	if os.Geteuid() == 0 {
		user = "user=root\n"
	}
	for file, text := range map[string]string{
		bad:    "[supervisord]\nloglevel=loud\nnodaemon=maybe\n",
		smells: "[supervisord]\n" + user + "[programm:x]\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		args   []string
		status int
		stdout string
		stderr string
	}{
		{[]string{"check", bad}, 1, bad + ":3:10: error: [supervisord] nodaemon: ", ""},
		{[]string{"-c", bad, "check"}, 1, bad + ": 2 errors, 0 warnings\n", ""},
		{[]string{"-c", bad, "check", smells}, 0, "did you mean [program:x]?", ""},
		{[]string{"-c", smells, "check", "--strict"}, 1, "0 errors, 1 warning\n", ""},
		{[]string{"check", "--strict", "--ignore", "unknown-section", smells}, 0, "0 errors, 0 warnings\n", ""},
		{[]string{"check", "--json", "--ignore=unknown-section,runs-as-root,cannot-switch-user", smells}, 0, "[]\n", ""},
		{[]string{"check", "--ignore", "nonsense", smells}, 2, "", "there is no code nonsense"},
		{[]string{"check", "--xml", smells}, 2, "", "option --xml not recognized"},
		{[]string{"check", bad, smells}, 2, "", "check takes one file, not 2"},
		{[]string{"check", filepath.Join(dir, "none")}, 2, "", "cannot check: "},
		{[]string{"check", "--json", filepath.Join(dir, "none")}, 2, `"code": "unreadable-file"`, "cannot check: "},
		{[]string{"check", dir}, 1, dir + ":1:1: error: could not read config file", ""},
		{[]string{"check", "--help"}, 0, "--strict -- warnings count like errors", ""},
		{[]string{"chekc", bad}, 2, "", "positional arguments are not supported: ['chekc', "},
	} {
		status, out, errs := run(t, tt.args...)
		if status != tt.status || !strings.Contains(out, tt.stdout) || !strings.Contains(errs, tt.stderr) || (tt.stderr == "") != (errs == "") {
			t.Errorf("%v: status %d, want %d\n%s%s", tt.args, status, tt.status, out, errs)
		}
	}
}
