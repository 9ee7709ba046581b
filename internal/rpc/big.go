package rpc

import (
	"context"
	"net/http"
	"os"

	"supervisor/internal/wire"
	"supervisor/xmlrpc"
)

// The bounds of what answers may take of the memory.
const (
	bigRead = 1 << 20 // bytes of a log, from which on reading it is a big read
	maxBig  = 4       // big reads at a time; each returns at most logfile.MaxRead

	// maxMulticallAnswer is how long the results of one multicall may be, in
	// bytes, all together.
	maxMulticallAnswer = 64 << 20
)

// turn is the right of one request to read big pieces of logs, and what else the
// calls of a multicall share. It has to be ended when the answer has been sent.
type turn struct {
	ctx   context.Context
	turns chan struct{} // has an element for each turn that is taken
	taken bool
	asker *http.Request // also of the calls of a multicall; nil in tests
}

func (s *Server) newTurn(ctx context.Context) *turn { return &turn{ctx: ctx, turns: s.turns} }

// take waits until there are few enough other big reads, if the piece of the log
// is big. It fails if the client goes away meanwhile. A request takes one turn
// for all that it reads, so two never wait for each other.
func (t *turn) take(path string, length int64) error {
	info, err := os.Stat(path)
	if t.taken || err != nil || min(info.Size(), length) < bigRead { // reading says what is wrong
		return nil
	}
	select {
	case t.turns <- struct{}{}:
		t.taken = true
		return nil
	case <-t.ctx.Done():
		return wire.Fault(wire.Failed, "")
	}
}

func (t *turn) end() {
	if t.taken {
		<-t.turns
	}
}

// encoded is the encoding of the results of a multicall.
type encoded []byte

// AppendXMLRPC implements xmlrpc.Marshaler.
func (e encoded) AppendXMLRPC(dst []byte) []byte {
	return xmlrpc.AppendArrayEnd(append(xmlrpc.AppendArrayStart(dst), e...))
}

// append appends a result, or the fault that stands for one that is too long.
func (e encoded) append(value any) encoded {
	longer := xmlrpc.AppendValue(e, value)
	if len(longer) <= maxMulticallAnswer {
		return longer
	}
	fault := wire.Fault(wire.Failed, "the results of the multicall are too long; ask for less at a time")
	return xmlrpc.AppendFaultValue(e, fault.Code, fault.Text)
}
