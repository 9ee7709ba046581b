package httpd

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"

	"supervisor/internal/config"
)

// shaPrefix marks a password that is configured as the hex SHA-1 of it.
const shaPrefix = "{SHA}"

// authenticated lets requests through that know the name and the password of
// the server (RFC 7617). A server without a name lets everybody through.
//
// Who guesses wrong is told so after a while, and has to connect again to guess
// again; see suspicion for who does not wait for the answer. The servers end with
// life.
func authenticated(life context.Context, server config.Server, next http.Handler) http.Handler {
	if server.Username == "" {
		return next
	}
	suspicion := newSuspicion()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := connOf(r)
		tries := r.Header.Get("Authorization") != ""
		if wait := suspicion.left(r.RemoteAddr); wait > 0 && tries && !c.trusted {
			c.pause(life, wait) // the client may have gone, or only have no more to say
			c.listener.attend(c)
		}
		username, password, ok := r.BasicAuth()
		if ok && knows(server, username, password) {
			c.trusted = true
			next.ServeHTTP(w, r)
			return
		}
		if tries {
			suspicion.raise(r.RemoteAddr)
			c.pause(r.Context(), failureDelay)
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="default"`)
		w.Header().Set("Connection", "close")
		Error(w, http.StatusUnauthorized)
	})
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
