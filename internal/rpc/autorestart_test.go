package rpc

import (
	"strings"
	"testing"

	"supervisor/internal/config"
)

// RPC-019: one word for three policies.
func TestAutorestartForClients(t *testing.T) {
	for _, tt := range []struct {
		policy config.Autorestart
		want   string
	}{
		{config.Never, "<boolean>0</boolean>"},
		{config.Always, "<boolean>1</boolean>"},
		{config.IfUnexpected, "<string>unexpected</string>"},
	} {
		info := configInfo(&config.Group{Name: "x"}, &config.Process{Name: "x", Autorestart: tt.policy})
		text := strings.ReplaceAll(string(info.AppendXMLRPC(nil)), "\n", "")
		if want := "<name>autorestart</name><value>" + tt.want + "</value>"; !strings.Contains(text, want) {
			t.Errorf("policy %d: no %s in\n%s", tt.policy, want, text)
		}
	}
}
