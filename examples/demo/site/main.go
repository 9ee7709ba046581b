// Command site is a very small web server, for the demo.
//
// It takes the address to listen on as its argument; if somebody else listens
// there, it takes another port. It prints the address that it got.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	addr := "127.0.0.1:0"
	if len(os.Args) > 1 {
		addr = os.Args[1]
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		fmt.Println(err)
		if listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("listening on http://%s/\n", listener.Addr())
	log.Fatal(http.Serve(listener, http.HandlerFunc(greet)))
}

func greet(w http.ResponseWriter, r *http.Request) {
	fmt.Printf("%s %s\n", r.Method, r.URL.Path)
	fmt.Fprintf(w, "Hello from %s, process %d.\n", os.Getenv("SUPERVISOR_PROCESS_NAME"), os.Getpid())
}
