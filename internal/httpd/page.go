package httpd

import (
	"net/http"
	"strconv"
)

// Error answers with a status that is not 200, and the page that goes with it
// (rpc.md, section 1.2). Headers that are set already stay.
func Error(w http.ResponseWriter, status int) {
	page := "<head>\r\n<title>Error response</title>\r\n</head>\r\n<body>\r\n<h1>Error response</h1>\r\n" +
		"<p>Error code " + strconv.Itoa(status) + ".\r\n<p>Message: " + http.StatusText(status) + ".\r\n</body>\r\n"
	w.Header().Set("Content-Type", "text/html")
	w.Header().Set("Content-Length", strconv.Itoa(len(page)))
	w.WriteHeader(status)
	_, _ = w.Write([]byte(page)) // a client that has gone needs no page
}
