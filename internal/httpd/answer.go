package httpd

import (
	"errors"
	"net/http"
)

// answer remembers the status of an answer.
type answer struct {
	http.ResponseWriter
	status int // 0: nothing has been written, which net/http makes a 200
	still  *stillness
}

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(p)
}

// FlushError is called by http.ResponseController. An answer that is sent before
// it is finished is a stream.
func (a *answer) FlushError() error {
	a.still.mu.Lock()
	if a.still.doing != nil {
		a.still.doing.stream = true
	}
	frozen := a.still.shut != nil
	a.still.mu.Unlock()
	if frozen {
		return errFrozen
	}
	return http.NewResponseController(a.ResponseWriter).Flush()
}

// errFrozen ends a stream that begins when everything is to stand still.
var errFrozen = errors.New("the daemon is being upgraded")

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
