package httpd

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"supervisor/internal/config"
)

// shaPrefix marks a password that is configured as the hex SHA-1 of it.
const shaPrefix = "{SHA}"

// authenticated lets requests through that know the name and the password of
// the server (RFC 7617). A server without a name lets everybody through.
//
// Who guesses wrong is told so after a while, and has to connect again to guess
// again. The right password is never made to wait for that: who could be locked
// out by somebody else's guesses would be worse off than before. So a guesser may
// take silence for a no, and go on; only a long password stops that one.
func authenticated(server config.Server, next http.Handler) http.Handler {
	if server.Username == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		username, password, ok := r.BasicAuth()
		if !ok || !knows(server, username, password) {
			if r.Header.Get("Authorization") != "" {
				punish(r)
			}
			w.Header().Set("WWW-Authenticate", `Basic realm="default"`)
			w.Header().Set("Connection", "close")
			Error(w, http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// punish lets the time pass that a wrong guess costs. Meanwhile the connection
// may be pushed out by others.
func punish(r *http.Request) {
	c := connOf(r)
	c.listener.await(c)
	timer := time.NewTimer(failureDelay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done(): // the client has gone, or the daemon ends
	}
}

// knows reports whether name and password are those of the server. How long it
// takes does not depend on how much of them is right.
func knows(server config.Server, username, password string) bool {
	if strings.HasPrefix(server.Password, shaPrefix) {
		sum := sha1.Sum([]byte(password))
		password = shaPrefix + hex.EncodeToString(sum[:])
	}
	return equal(username, server.Username)&equal(password, server.Password) == 1
}

// equal compares digests, which are all of the same length.
func equal(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:])
}
