package supervisorctl

import "testing"

func TestUpgrade(t *testing.T) {
	done := answers{"upgrade": true, "upgrade /opt/x": true, "getPID": 7}
	runTranscripts(t, []transcript{
		{"", "upgrade", done, "Upgraded supervisord (pid 7)\n", 0},
		{"", "upgrade /opt/x", done, "Upgraded supervisord (pid 7)\n", 0},
		{"two paths", "upgrade /opt/x /opt/y", done, "Error: upgrade accepts one path only\n" + usageOf("upgrade"), 2},
		{"no option", "upgrade --foo", done, "Error: bad argument --foo\n" + usageOf("upgrade"), 2},
		{"no server", "upgrade", answers{"getVersion": errRefused}, fakeURL + " refused connection\n", 4},
	})
}
