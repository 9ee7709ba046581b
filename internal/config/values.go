package config

import (
	"errors"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	"supervisor/internal/pyrepr"
	"supervisor/internal/severity"
	"supervisor/internal/signals"
)

// This file turns the text of one value into what it says, for the kinds of
// values that depend on nothing else. The texts of the errors are Supervisor's
// (config.md, section 6).

// wholeNumber is a number as Python's int reads one: blanks around it, a sign,
// and underscores between digits are allowed, and in base 8 the prefix 0o. A
// number too large for an int64 counts as the largest one, because all that
// such numbers mean here is "without end".
func wholeNumber(text string, base int) (n int64, ok bool) {
	digits := trim(text)
	sign := ""
	if digits != "" && (digits[0] == '-' || digits[0] == '+') {
		sign, digits = digits[:1], digits[1:]
	}
	if base == 8 && (strings.HasPrefix(digits, "0o") || strings.HasPrefix(digits, "0O")) {
		digits = strings.TrimPrefix(digits[2:], "_")
	}
	for group := range strings.SplitSeq(digits, "_") {
		if group == "" || group[0] == '-' || group[0] == '+' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(sign+strings.ReplaceAll(digits, "_", ""), base, 64)
	return n, !errors.Is(err, strconv.ErrSyntax)
}

// integer is a whole number.
func integer(text string) (int, error) {
	n, ok := wholeNumber(text, 10)
	if !ok {
		return 0, wrong(BadValue, "a whole number", "invalid literal for int() with base 10: %s", pyrepr.String(text))
	}
	return int(min(max(n, math.MinInt), math.MaxInt)), nil
}

// boolean is a yes or a no.
func boolean(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "yes", "true", "on", "1":
		return true, nil
	case "no", "false", "off", "0":
		return false, nil
	}
	return false, wrong(BadValue, "true, yes, on, 1, or false, no, off, 0", "not a valid boolean value: %s", pyrepr.String(text))
}

// autorestart is a boolean or "unexpected".
func autorestart(text string) (Autorestart, error) {
	word := strings.ToLower(text)
	if word == "unexpected" {
		return IfUnexpected, nil
	}
	switch always, err := boolean(word); {
	case err != nil:
		return Never, wrong(BadValue, "true, false or unexpected", "invalid 'autorestart' value %s", pyrepr.String(word))
	case always:
		return Always, nil
	}
	return Never, nil
}

// byteSize is a number of bytes, or of the unit that follows it.
func byteSize(text string) (ByteSize, error) {
	digits := strings.ToLower(text)
	unit := ByteSize(1)
	for _, u := range []struct {
		name string
		size ByteSize
	}{{"kb", 1 << 10}, {"mb", 1 << 20}, {"gb", 1 << 30}} {
		if number, ok := strings.CutSuffix(digits, u.name); ok {
			digits, unit = number, u.size
			break
		}
	}
	n, err := integer(digits)
	if err != nil {
		return 0, wrong(BadValue, "a whole number of bytes, or of KB, MB or GB", "%v", err)
	}
	return min(max(ByteSize(n), math.MinInt64/unit), math.MaxInt64/unit) * unit, nil
}

// permissions is an octal number, of which only permission bits matter.
func permissions(text string) (uint32, error) {
	n, ok := wholeNumber(text, 8)
	if !ok {
		return 0, wrong(BadValue, "an octal number, like 022 or 0770", "%s can not be converted to an octal type", text)
	}
	return uint32(n) & 0o7777, nil
}

// forever is longer than any daemon lives, and short enough to be added to any
// time.
const forever = 100 * 365 * 24 * time.Hour

// seconds is a whole number of seconds; many count as forever.
func seconds(text string) (time.Duration, error) {
	n, err := integer(text)
	if err != nil {
		return 0, wrong(BadValue, "a whole number of seconds, without a unit", "%v", err)
	}
	n = min(max(n, -int(forever/time.Second)), int(forever/time.Second))
	return time.Duration(n) * time.Second, nil
}

// signal is the name or the number of a signal.
func signal(text string) (syscall.Signal, error) {
	sig, err := signals.Parse(text)
	if err != nil {
		return 0, wrong(BadValue, "TERM, HUP, INT, QUIT, KILL, USR1, USR2 or another signal, by name or number", "value %s is %v", pyrepr.String(text), err)
	}
	return sig, nil
}

// exitCodes is a list of numbers from 0 to 255, which may be empty.
func exitCodes(text string) ([]int, error) {
	var codes []int
	for _, word := range words(text) {
		code, err := integer(word)
		if err != nil || code < 0 || code > 255 {
			return nil, wrong(BadValue, "numbers from 0 to 255, between commas", "not a valid list of exit codes: %s", pyrepr.String(text))
		}
		codes = append(codes, code)
	}
	return codes, nil
}

// words is a list of texts between commas, without the blanks around them.
func words(text string) []string {
	if text == "" {
		return nil
	}
	list := strings.Split(text, ",")
	for i, word := range list {
		list[i] = trim(word)
	}
	return list
}

// level is the name of a severity.
func level(text string) (slog.Level, error) {
	l, ok := severity.Parse(text)
	if !ok {
		return 0, wrong(BadValue, "critical, error, warn, info, debug, trace or blather", "bad logging level name %s", pyrepr.String(text))
	}
	return l, nil
}

// name is the name of a process or a group. It may not hold what separates
// names elsewhere.
func name(text string) (string, error) {
	trimmed := trim(text)
	for _, separator := range []string{" ", ":", "/"} {
		if strings.Contains(trimmed, separator) {
			return "", wrong(BadName, "a name has no blank, colon or slash", "Invalid name: %s because of character: %s", pyrepr.String(text), pyrepr.String(separator))
		}
	}
	return trimmed, nil
}

const (
	portHint    = "a port is a number from 1 to 65535"
	addressHint = "port, or host:port; a port is a number from 1 to 65535"
)

// portNumber is the number of a TCP port.
func portNumber(text string) (int, error) {
	n, err := integer(text)
	switch {
	case err != nil:
		return 0, err
	case n < 1:
		return 0, wrong(BadValue, portHint, "%d is below lower bound (1)", n)
	case n > 65535:
		return 0, wrong(BadValue, portHint, "%d is above upper bound (65535)", n)
	}
	return n, nil
}

// address is a port, or a host and a port behind the last colon. The host "*"
// means the same as none: all interfaces.
func address(text string) (host string, port int, err error) {
	colon := strings.LastIndexByte(text, ':')
	if colon < 0 {
		if port, err = portNumber(text); err != nil {
			return "", 0, wrong(BadValue, addressHint, "not a valid port number: %s ", pyrepr.String(text))
		}
		return "", port, nil
	}
	host, digits := strings.ToLower(text[:colon]), text[colon+1:]
	if digits == "" {
		return "", 0, wrong(BadValue, addressHint, "no port number specified in ''")
	}
	if port, err = portNumber(digits); err != nil {
		return "", 0, err
	}
	if host == "*" {
		host = ""
	}
	return host, port, nil
}

// trim cuts off the white space around a text.
func trim(text string) string { return strings.TrimFunc(text, unicode.IsSpace) }
