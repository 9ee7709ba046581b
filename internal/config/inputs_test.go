package config

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A configuration is current until one of its files is written, replaced or
// removed, or another file would be included.
func TestCurrent(t *testing.T) {
	const main = "[supervisord]\n[include]\nfiles=*.ini\n"
	old := time.Now().Add(-time.Hour)
	write := func(t *testing.T, path, text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name string
		edit func(t *testing.T, dir string)
		want bool
	}{
		{"nothing", func(*testing.T, string) {}, true},
		{"another file that does not match", func(t *testing.T, dir string) { write(t, dir+"/b.conf", "", old) }, true},
		{"the main file written", func(t *testing.T, dir string) { write(t, dir+"/main.conf", main, old.Add(time.Second)) }, false},
		{"an included file grown", func(t *testing.T, dir string) { write(t, dir+"/a.ini", "# longer\n", old) }, false},
		{"a new match", func(t *testing.T, dir string) { write(t, dir+"/b.ini", "", old) }, false},
		{"a match gone", func(t *testing.T, dir string) {
			if err := os.Remove(dir + "/a.ini"); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"replaced by one that looks the same", func(t *testing.T, dir string) {
			write(t, dir+"/new", "#\n", old)
			if err := os.Rename(dir+"/new", dir+"/a.ini"); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir+"/main.conf", main, old)
			write(t, dir+"/a.ini", "#\n", old)
			c, err := Load(Source{File: filepath.Join(dir, "main.conf"), Cwd: dir})
			if err != nil {
				t.Fatal(err)
			}
			tt.edit(t, dir)
			if got := c.Current(); got != tt.want {
				t.Errorf("current: %v", got)
			}
		})
	}
	t.Run("written just before it was read", func(t *testing.T) {
		dir := t.TempDir()
		written := time.Now()
		write(t, dir+"/main.conf", main, written)
		c, err := Load(Source{File: "main.conf", Cwd: dir})
		if err != nil {
			t.Fatal(err)
		}
		c.inputs.at = written.Add(settled / 2) // however late a busy machine has come to it
		if c.Current() {
			t.Error("the next write might leave the same time, but the file counts as known")
		}
	})
}

func TestSecretsAreNotCompared(t *testing.T) {
	with := func(variables ...string) []*Group {
		return []*Group{{Name: "g", Processes: []*Process{{Name: "p", Group: "g", Environment: variables}}}}
	}
	d := Compare(with("A=1", "API_TOKEN=old"), with("A=2", "API_TOKEN=new"))
	want := OptionChange{"p", "environment", "A=1,API_TOKEN=(not shown)", "A=2,API_TOKEN=(not shown)"}
	if len(d.Changed) != 1 || len(d.Changed[0].Options) != 1 || d.Changed[0].Options[0] != want {
		t.Errorf("%+v", d)
	}
	d = Compare(with("PASSWORD=old"), with("PASSWORD=new"))
	if len(d.Changed) != 1 {
		t.Error("a new password is no difference")
	}
}
