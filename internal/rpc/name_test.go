package rpc

import (
	"testing"

	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// A fault shows the name as it was asked for, to the letter.
func TestBadNamesAreShownAsGiven_RPC_012_RPC_014(t *testing.T) {
	act(t, func(st *stage) {
		st.want(&xmlrpc.Fault{Code: 10, Text: "BAD_NAME: "}, "supervisor.getProcessInfo", "")
		st.want(fault(wire.BadName, "nope:*"), "supervisor.startProcess", "nope:*")
		st.want(fault(wire.BadName, "nope:*"), "supervisor.stopProcess", "nope:*")
		st.want(fault(wire.BadName, "nope:*"), "supervisor.signalProcess", "nope:*", "HUP")
		st.want(fault(wire.BadName, "nope"), "supervisor.stopProcessGroup", "nope")
	})
}
