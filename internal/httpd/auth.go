package httpd

import (
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
// Who does not know them is sent away at once and has to connect again to try
// again; together with the bound on connections that is all that slows guessing
// down.
func authenticated(server config.Server, next http.Handler) http.Handler {
	if server.Username == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		username, password, ok := r.BasicAuth()
		if !ok || !knows(server, username, password) {
			w.Header().Set("WWW-Authenticate", `Basic realm="default"`)
			w.Header().Set("Connection", "close")
			Error(w, http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
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
