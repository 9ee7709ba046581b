//go:build linux

package clients

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"supervisor/test/stage"
)

// install installs the packages of testdata/npm/package-lock.json, whose
// contents npm checks by their hashes, once for all tests.
var install = sync.OnceValue(func() installed {
	dir, err := os.MkdirTemp("", "npm")
	if err != nil {
		return installed{failure: err.Error()}
	}
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join("testdata/npm", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o644)
		}
		if err != nil {
			return installed{dir, err.Error()}
		}
	}
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return installed{dir, "npm: " + err.Error() + "\n" + string(out)}
	}
	return installed{dir: dir}
})

type installed struct{ dir, failure string }

// TestNodePackages is for the packages supervisord and node-supervisord of the
// npm registry. Each is taken through every method that it offers and that ends
// no daemon.
func TestNodePackages(t *testing.T) {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			stage.Missing(t, program+" is not installed")
		}
	}
	packages := install()
	t.Cleanup(func() {
		if err := os.RemoveAll(packages.dir); err != nil {
			t.Error(err)
		}
	})
	if packages.failure != "" {
		stage.Missing(t, packages.failure)
	}
	for _, client := range []string{"supervisord", "supervisord by a socket", "node-supervisord"} {
		t.Run(client, func(t *testing.T) {
			compare(t, "", `startProcess("idle") true`, func(t *testing.T, s *stage.Stage) string {
				script, err := filepath.Abs("testdata/npm/visit.js")
				if err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command("node", script, client, s.Ports[0], s.Path("socket"))
				cmd.Env = append(os.Environ(), "NODE_PATH="+packages.dir+"/node_modules", "NODE_NO_WARNINGS=1")
				return run(t, cmd)
			})
		})
	}
}
