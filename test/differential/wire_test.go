//go:build linux

package differential

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// This file speaks HTTP and XML-RPC. It shares no code with the programs that
// it judges.

// dial connects to the server of the stage.
func (s *stage) dial() (net.Conn, error) {
	network, address := "unix", filepath.Join(s.dir, "s.sock")
	if s.tcp {
		network, address = "tcp", "127.0.0.1:"+s.ports[0]
	}
	c, err := net.Dial(network, address)
	if err != nil {
		return nil, err
	}
	return c, c.SetDeadline(time.Now().Add(patience))
}

// request sends a request and returns the answer, whose body is to be read to
// its end and closed.
func (s *stage) request(method, path string, headers []string, body string) (*http.Response, error) {
	c, err := s.dial()
	if err != nil {
		return nil, err
	}
	proto := "HTTP/1.1"
	has := func(name string) bool {
		return slices.ContainsFunc(headers, func(h string) bool {
			return strings.HasPrefix(strings.ToLower(h), strings.ToLower(name)+":")
		})
	}
	add := func(name, value string) {
		if !has(name) {
			headers = append(headers, name+": "+value)
		}
	}
	if i := slices.Index(headers, "HTTP/1.0"); i >= 0 {
		proto, headers = "HTTP/1.0", slices.Delete(headers, i, i+1)
	}
	add("Host", "localhost")
	add("Connection", "close")
	if s.user != "" {
		add("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(s.user+":"+s.password)))
	}
	if body != "" {
		add("Content-Length", strconv.Itoa(len(body)))
	}
	_, err = io.WriteString(c, method+" "+path+" "+proto+"\r\n"+strings.Join(headers, "\r\n")+"\r\n\r\n"+body)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	answer, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	answer.Body = struct {
		io.Reader
		io.Closer
	}{answer.Body, c}
	return answer, nil
}

// unseen are headers that are nobody's business, and those by which we protect
// browsers.
var unseen = []string{"Date", "Server", "Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"}

// showHead renders the status line and the headers. A Content-Length was checked
// by reading the body.
func showHead(r *http.Response) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Proto, r.Status)
	for name, values := range r.Header {
		if name == "Content-Length" {
			values = []string{"<right>"}
		}
		if !slices.Contains(unseen, name) {
			fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(values, ", "))
		}
	}
	if len(r.TransferEncoding) > 0 {
		fmt.Fprintf(&b, "Transfer-Encoding: %s\n", strings.Join(r.TransferEncoding, ", "))
	}
	lines := strings.SplitAfter(b.String(), "\n")
	slices.Sort(lines[1 : len(lines)-1]) // the order of headers means nothing
	return strings.Join(lines, "")
}

// call makes an XML-RPC call with arguments in JSON and returns the result in
// JSON, or the fault in words.
func (s *stage) call(method, args string) (string, error) {
	var params []any
	if args != "" {
		d := json.NewDecoder(strings.NewReader(args))
		d.UseNumber()
		if err := d.Decode(&params); err != nil {
			return "", fmt.Errorf("%s: %w", args, err)
		}
	}
	if !strings.Contains(method, ".") {
		method = "supervisor." + method
	}
	var b strings.Builder
	b.WriteString("<?xml version='1.0'?>\n<methodCall><methodName>" + method + "</methodName><params>")
	for _, p := range params {
		b.WriteString("<param>" + encode(p) + "</param>")
	}
	b.WriteString("</params></methodCall>")
	answer, err := s.request("POST", "/RPC2", []string{"Content-Type: text/xml"}, b.String())
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusOK {
		return showHead(answer), nil
	}
	return decode(text)
}

// encode writes one value.
func encode(v any) string {
	var b strings.Builder
	switch v := v.(type) {
	case string:
		b.WriteString("<string>")
		_ = xml.EscapeText(&b, []byte(v)) // a Builder does not fail
		b.WriteString("</string>")
	case bool:
		fmt.Fprintf(&b, "<boolean>%d</boolean>", map[bool]int{true: 1}[v])
	case json.Number:
		if strings.Contains(v.String(), ".") {
			fmt.Fprintf(&b, "<double>%s</double>", v)
		} else {
			fmt.Fprintf(&b, "<int>%s</int>", v)
		}
	case nil:
		b.WriteString("<nil/>")
	case []any:
		b.WriteString("<array><data>")
		for _, e := range v {
			b.WriteString(encode(e))
		}
		b.WriteString("</data></array>")
	case map[string]any:
		b.WriteString("<struct>")
		for name, e := range v {
			fmt.Fprintf(&b, "<member><name>%s</name>%s</member>", name, encode(e))
		}
		b.WriteString("</struct>")
	}
	return "<value>" + b.String() + "</value>"
}

// element is any element of an answer.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

func (e *element) child(names ...string) *element {
	for _, name := range names {
		i := slices.IndexFunc(e.Children, func(c element) bool { return c.XMLName.Local == name })
		if i < 0 {
			return &element{}
		}
		e = &e.Children[i]
	}
	return e
}

// decode renders an answer: types show as JSON shows them.
func decode(text []byte) (string, error) {
	var root element
	if err := xml.Unmarshal(text, &root); err != nil {
		return "", fmt.Errorf("%w in %q", err, text)
	}
	prefix, value := "", root.child("params", "param", "value")
	if fault := root.child("fault", "value"); len(fault.Children) > 0 {
		prefix, value = "fault ", fault
	}
	v, err := value.value()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if prefix == "" {
		e.SetIndent("", "  ")
	}
	err = e.Encode(v)
	return prefix + b.String(), err
}

// value returns what a value element holds.
func (e *element) value() (any, error) {
	if len(e.Children) == 0 {
		return e.Text, nil
	}
	typed := &e.Children[0]
	text := strings.TrimSpace(typed.Text)
	switch kind := typed.XMLName.Local; kind {
	case "string":
		return typed.Text, nil
	case "int", "i4":
		return json.Number(text), nil
	case "boolean":
		return map[string]any{"0": false, "1": true}[text], nil
	case "nil":
		return nil, nil
	case "array":
		all := []any{}
		for i := range typed.child("data").Children {
			v, err := typed.child("data").Children[i].value()
			if err != nil {
				return nil, err
			}
			all = append(all, v)
		}
		return all, nil
	case "struct":
		all := map[string]any{}
		for i := range typed.Children {
			m := &typed.Children[i]
			v, err := m.child("value").value()
			if err != nil {
				return nil, err
			}
			all[m.child("name").Text] = v
		}
		return all, nil
	default:
		return nil, fmt.Errorf("a value of type %s", kind)
	}
}
