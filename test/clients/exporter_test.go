//go:build linux

package clients

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"supervisor/test/stage"
)

// exporter is Prometheus' own exporter for machines, which has a collector for
// Supervisor. Its sum is in the public checksum data base, which go install asks.
const exporter = "github.com/prometheus/node_exporter@v1.9.1"

// TestPrometheusExporter is for what node_exporter measures of processes.
func TestPrometheusExporter(t *testing.T) {
	bin, err := os.MkdirTemp("", "exporter")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(bin); err != nil {
			t.Error(err)
		}
	})
	install := exec.Command("go", "install", exporter)
	install.Env = append(os.Environ(), "GOBIN="+bin, "CGO_ENABLED=0")
	if out, err := install.CombinedOutput(); err != nil {
		stage.Missing(t, fmt.Sprintf("cannot install %s: %v\n%s", exporter, err, out))
	}
	compare(t, "", `node_supervisord_exit_status{group="three",name="three"} 3`, func(t *testing.T, s *stage.Stage) string {
		address := "127.0.0.1:" + stage.Port(t)
		cmd := exec.Command(filepath.Join(bin, "node_exporter"), "--collector.disable-defaults", "--collector.supervisord",
			"--collector.supervisord.url=http://127.0.0.1:"+s.Ports[1]+"/RPC2", "--web.listen-address="+address)
		cmd.Env = s.Env()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
			if err := cmd.Wait(); err == nil {
				t.Error("the exporter ended by itself")
			}
		}()
		var measured string
		s.Await("the exporter's measurements", func() bool {
			measured = supervisordMetrics(t, "http://"+address+"/metrics")
			return measured != ""
		})
		s.Call("supervisor.stopProcess", "cat")
		return measured + "after a stop\n" + supervisordMetrics(t, "http://"+address+"/metrics")
	})
}

// supervisordMetrics returns what an exporter says of Supervisor, without the
// moments of starts; nothing if it does not answer.
func supervisordMetrics(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(body)) {
		if strings.Contains(line, "start_time_seconds{") {
			line, _, _ = strings.Cut(line, "}")
			line += "} MOMENT\n"
		}
		if strings.HasPrefix(line, "node_supervisord_") || strings.HasPrefix(line, "node_scrape_collector_success") {
			b.WriteString(line)
		}
	}
	return b.String()
}
