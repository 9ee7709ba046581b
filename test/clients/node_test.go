//go:build linux

package clients

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"supervisor/test/stage"
)

// TestNodePackages is for the packages supervisord and node-supervisord of the
// npm registry. Each is taken through every method that it offers and that ends
// no daemon.
func TestNodePackages(t *testing.T) {
	modules := installNodePackages(t)
	script, err := filepath.Abs("testdata/npm/visit.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, client := range []string{"supervisord", "supervisord by a socket", "node-supervisord"} {
		t.Run(client, func(t *testing.T) {
			compare(t, "", `startProcess("idle") true`, func(t *testing.T, s *stage.Stage) string {
				cmd := exec.Command("node", script, client, s.Ports[0], s.Path("socket"))
				cmd.Env = append(os.Environ(), "NODE_PATH="+modules, "NODE_NO_WARNINGS=1")
				return run(t, cmd)
			})
		})
	}
}

// installNodePackages installs the versions of testdata/npm/package-lock.json,
// whose contents npm checks by their hashes, and returns where they are.
func installNodePackages(t *testing.T) (modules string) {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			stage.Missing(t, program+" is not installed")
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join("testdata/npm", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		stage.Missing(t, "npm cannot install the packages: "+err.Error()+"\n"+string(out))
	}
	return dir + "/node_modules"
}
