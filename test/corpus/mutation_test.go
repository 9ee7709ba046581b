package corpus

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// scraps are what mutations put into files.
var scraps = []string{
	"=", ":", ";", " ;", "#", " #", "%", "%%", "%(here)s", "%(program_name)s", "%(process_num)02d", "%(x)s", "%(ENV_ONE)s", "\n", "\n ", "\n\t", "\r\n", "[", "]", "\n[", ",", "\"", "'", "\\", " ", "\t",
	"0", "-1", "1", "9", "x", "é", "\u00a0", "true", "false", "AUTO", "NONE", "syslog", "/", "/tmp/x", "~", "KB", "MB",
	"\n[supervisord]\n", "\n[program:p]\ncommand=x\n", "\n[group:g]\nprograms=p\n", "\n[eventlistener:l]\nevents=TICK\n", "\n[fcgi-program:f]\nsocket=tcp://h:1\n", "\n[include]\nfiles=*.nope\n",
	"\n[inet_http_server]\nport=1\n", "\n[unix_http_server]\nfile=s\n", "\n[DEFAULT]\n", "\nnumprocs=2\nprocess_name=%(process_num)d\n", "\nenvironment=A=\"b\",C='d'\n", "\nstopasgroup=true\n", "\nredirect_stderr=true\n",
	"\npriority=1\n", "\nuser=root\n", "\nexitcodes=0,2\n", "\nstopsignal=INT\n", "\nstdout_logfile_maxbytes=0\n", "\numask=022\n",
}

// mutate changes a few things in a text.
func mutate(random *rand.Rand, text []byte) []byte {
	text = slices.Clone(text)
	for range 1 + random.IntN(4) {
		if len(text) == 0 {
			break
		}
		at := random.IntN(len(text))
		switch random.IntN(4) {
		case 0: // a scrap goes in
			text = slices.Insert(text, at, []byte(scraps[random.IntN(len(scraps))])...)
		case 1: // a piece goes out
			text = slices.Delete(text, at, min(at+1+random.IntN(10), len(text)))
		case 2: // a value is replaced
			if i := bytes.IndexByte(text[at:], '='); i >= 0 {
				start := at + i + 1
				end := start + max(bytes.IndexByte(text[start:], '\n'), 0)
				text = slices.Replace(text, start, end, []byte(scraps[random.IntN(len(scraps))])...)
			}
		default: // two lines trade places
			lines := bytes.SplitAfter(text, []byte("\n"))
			i, j := random.IntN(len(lines)), random.IntN(len(lines))
			lines[i], lines[j] = lines[j], lines[i]
			text = bytes.Join(lines, nil)
		}
	}
	return text
}

// Parts of files that mean something odd to the reference.
var (
	allNames = regexp.MustCompile(`%[#0 +.\-\dhlL]*[sra]`) // all names at once
	noSignal = regexp.MustCompile(`(?i)stopsignal\s*[=:]\s*[-+_0]`)
)

// quotedLine is a line that cannot be read, in an error.
var quotedLine = regexp.MustCompile(`(?m)(\[line [ \d]+\]: |line: \d+\n)['"].*['"]$`)

// sameLines reports whether two errors are about the same lines, whatever they
// quote of them.
func sameLines(a, b string) bool {
	return quotedLine.ReplaceAllString(a, "$1") == quotedLine.ReplaceAllString(b, "$1")
}

var emptyStderr = regexp.MustCompile(`(?i)stderr_logfile\s*[=:]\s*(\n|[;#]|$)`)

// onPurpose tells answers that differ because ours is the better one.
func onPurpose(text []byte, theirs, ours answer) bool {
	if !utf8.Valid(text) || bytes.Contains(text, byteOrderMark) {
		return true // positions are those in the file; byte order marks are accepted
	}
	own, _ := ours["error"].(string)
	if strings.Contains(own, "Could not make") || strings.Contains(own, "cannot be resolved") {
		return true // the reference says so a little later, or finds such a thing in Python
	}
	if emptyStderr.Match(text) {
		return true // no reason to say that it is not used
	}
	refusal, _ := theirs["error"].(string)
	if strings.Contains(own, "***") && sameLines(own, refusal) {
		return true // a secret is not shown (DIF-064)
	}
	for _, part := range []string{
		"Unexpected end of key/value", "No closing quotation", // the other lexer may accept it
		"EntryPoint must be", // an empty factory is reported as any other
		"names unknown",      // the section named is always the group's
		"Unknown event type", // of several, the reference names any
	} {
		if strings.Contains(refusal, part) {
			return true
		}
	}
	if allNames.Match(text) || bytes.Contains(text, []byte("%%")) {
		return true // the first is refused, the second need not be doubled once more
	}
	if strings.Contains(refusal, "'rpcinterface:") && bytes.Contains(text, []byte("[DEFAULT]")) {
		return true // defaults are not taken for arguments of a factory
	}
	return noSignal.Match(text)
}

// Damaged and shuffled files come out as with the reference. The seed is
// fixed, so the same files are made every time; SUPERVISOR_MUTATIONS asks for
// more of them, from a seed of its own.
func TestMutations(t *testing.T) {
	all := files(t)
	r := startReference(t)
	count, seed := 200, uint64(1)
	if more := os.Getenv("SUPERVISOR_MUTATIONS"); more != "" {
		var err error
		if count, err = strconv.Atoi(more); err != nil {
			t.Fatal(err)
		}
		seed = rand.Uint64()
	}
	random := rand.New(rand.NewPCG(seed, 0))
	var texts [][]byte
	root := t.TempDir()
	for _, file := range all {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, []byte(pathOptions.ReplaceAllString(atHome(string(text), "/tmp"), "${1}/tmp/x")+"\n[supervisord]\n"))
	}
	for _, c := range cases {
		for _, value := range c.values {
			texts = append(texts, []byte(strings.ReplaceAll(c.file, "VALUE", value)))
		}
	}
	env := environment()
	env["ONE"] = "1"
	file := filepath.Join(root, "supervisord.conf")
	for range count {
		text := mutate(random, texts[random.IntN(len(texts))])
		writeFile(t, file, string(text))
		req := request{File: file, Cwd: root, Env: env}
		want, got := r.load(t, req), load(t, req)
		if onPurpose(text, want, got) {
			continue
		}
		found := differences("", map[string]any(comparable(want)), map[string]any(comparable(got)))
		if len(found) > 0 {
			t.Fatalf("of\n%s\n%s", text, strings.Join(found, "\n"))
		}
	}
}
