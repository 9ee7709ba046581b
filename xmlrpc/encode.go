package xmlrpc

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

const prolog = "<?xml version='1.0'?>\n"

// dateTime is the form of a dateTime.iso8601, which has no time zone.
const dateTime = "20060102T15:04:05"

// AppendResponse appends the answer of a method that succeeded.
func AppendResponse(dst []byte, value any) []byte {
	dst = append(dst, prolog+"<methodResponse>\n<params>\n<param>\n"...)
	dst = AppendValue(dst, value)
	return append(dst, "</param>\n</params>\n</methodResponse>\n"...)
}

// AppendFault appends the answer of a method that failed.
func AppendFault(dst []byte, code int, text string) []byte {
	dst = append(dst, prolog+"<methodResponse>\n<fault>\n"...)
	dst = AppendFaultValue(dst, code, text)
	return append(dst, "</fault>\n</methodResponse>\n"...)
}

// AppendFaultValue appends the struct that describes a fault, which is also how
// a fault stands among the results of a multicall.
func AppendFaultValue(dst []byte, code int, text string) []byte {
	dst = AppendStructStart(dst)
	dst = AppendIntMember(dst, "faultCode", int64(code))
	dst = AppendStringMember(dst, "faultString", text)
	return AppendStructEnd(dst)
}

// AppendCall appends a call.
func AppendCall(dst []byte, method string, params ...any) []byte {
	dst = append(dst, prolog+"<methodCall>\n<methodName>"...)
	dst = appendText(dst, method)
	dst = append(dst, "</methodName>\n<params>\n"...)
	for _, p := range params {
		dst = append(dst, "<param>\n"...)
		dst = AppendValue(dst, p)
		dst = append(dst, "</param>\n"...)
	}
	return append(dst, "</params>\n</methodCall>\n"...)
}

// AppendValue appends a value: one of the types that the package comment names,
// []string, int64, or a Marshaler. Any other type is a mistake in the program,
// for which it panics.
func AppendValue(dst []byte, value any) []byte {
	switch v := value.(type) {
	case Marshaler:
		return v.AppendXMLRPC(dst)
	case string:
		return AppendString(dst, v)
	case int:
		return AppendInt(dst, int64(v))
	case int64:
		return AppendInt(dst, v)
	case bool:
		return AppendBool(dst, v)
	case float64:
		dst = append(dst, "<value><double>"...)
		dst = strconv.AppendFloat(dst, v, 'f', -1, 64)
		return append(dst, "</double></value>\n"...)
	case time.Time:
		dst = append(dst, "<value><dateTime.iso8601>"...)
		dst = v.AppendFormat(dst, dateTime)
		return append(dst, "</dateTime.iso8601></value>\n"...)
	case []byte:
		return appendBase64(dst, v)
	case []any:
		dst = AppendArrayStart(dst)
		for _, item := range v {
			dst = AppendValue(dst, item)
		}
		return AppendArrayEnd(dst)
	case []string:
		dst = AppendArrayStart(dst)
		for _, item := range v {
			dst = AppendString(dst, item)
		}
		return AppendArrayEnd(dst)
	case Struct:
		dst = AppendStructStart(dst)
		for _, m := range v {
			dst = AppendMember(dst, m.Name, m.Value)
		}
		return AppendStructEnd(dst)
	case nil:
		return append(dst, "<value><nil/></value>\n"...)
	}
	panic(fmt.Sprintf("xmlrpc: a %T has no encoding", value))
}

// AppendString appends a string. A character that XML does not allow, and a
// byte that is not UTF-8, becomes U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, "<value><string>"...)
	dst = appendText(dst, s)
	return append(dst, "</string></value>\n"...)
}

// AppendInt appends an integer, brought into the range of 32 bits that XML-RPC
// has for it.
func AppendInt(dst []byte, n int64) []byte {
	dst = append(dst, "<value><int>"...)
	dst = strconv.AppendInt(dst, min(max(n, math.MinInt32), math.MaxInt32), 10)
	return append(dst, "</int></value>\n"...)
}

// AppendBool appends a boolean.
func AppendBool(dst []byte, b bool) []byte {
	if b {
		return append(dst, "<value><boolean>1</boolean></value>\n"...)
	}
	return append(dst, "<value><boolean>0</boolean></value>\n"...)
}

// AppendArrayStart begins an array; its items follow as values.
func AppendArrayStart(dst []byte) []byte { return append(dst, "<value><array><data>\n"...) }

// AppendArrayEnd ends an array.
func AppendArrayEnd(dst []byte) []byte { return append(dst, "</data></array></value>\n"...) }

// AppendStructStart begins a struct; its members follow.
func AppendStructStart(dst []byte) []byte { return append(dst, "<value><struct>\n"...) }

// AppendStructEnd ends a struct.
func AppendStructEnd(dst []byte) []byte { return append(dst, "</struct></value>\n"...) }

// AppendMember appends a member of a struct.
func AppendMember(dst []byte, name string, value any) []byte {
	return appendMemberEnd(AppendValue(appendMemberStart(dst, name), value))
}

// AppendStringMember is AppendMember for a string.
func AppendStringMember(dst []byte, name, value string) []byte {
	return appendMemberEnd(AppendString(appendMemberStart(dst, name), value))
}

// AppendIntMember is AppendMember for an integer.
func AppendIntMember(dst []byte, name string, value int64) []byte {
	return appendMemberEnd(AppendInt(appendMemberStart(dst, name), value))
}

// AppendBoolMember is AppendMember for a boolean.
func AppendBoolMember(dst []byte, name string, value bool) []byte {
	return appendMemberEnd(AppendBool(appendMemberStart(dst, name), value))
}

func appendMemberStart(dst []byte, name string) []byte {
	dst = append(dst, "<member>\n<name>"...)
	dst = appendText(dst, name)
	return append(dst, "</name>\n"...)
}

func appendMemberEnd(dst []byte) []byte { return append(dst, "</member>\n"...) }

// appendBase64 breaks lines as MIME does (RFC 2045, section 6.8): after 76
// characters, which stand for 57 bytes.
func appendBase64(dst, data []byte) []byte {
	dst = append(dst, "<value><base64>\n"...)
	for len(data) > 0 {
		line := data[:min(57, len(data))]
		data = data[len(line):]
		dst = base64.StdEncoding.AppendEncode(dst, line)
		dst = append(dst, '\n')
	}
	return append(dst, "</base64></value>\n"...)
}

// appendText appends character data.
func appendText(dst []byte, s string) []byte {
	done := 0 // s[:done] has been appended
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if replacement := escapes[c]; replacement != "" {
				dst = append(dst, s[done:i]...)
				dst = append(dst, replacement...)
				done = i + 1
			}
			i++
			continue
		}
		r, width := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && width == 1 || r == '\uFFFE' || r == '\uFFFF' {
			dst = append(dst, s[done:i]...)
			dst = append(dst, "\uFFFD"...)
			done = i + width
		}
		i += width
	}
	return append(dst, s[done:]...)
}

// escapes says what stands for an ASCII character that cannot stand for itself.
// Only three have a form of their own; the others do not occur in XML 1.0.
var escapes = [utf8.RuneSelf]string{
	'&': "&amp;", '<': "&lt;", '>': "&gt;",

	0x00: "\uFFFD", 0x01: "\uFFFD", 0x02: "\uFFFD", 0x03: "\uFFFD", 0x04: "\uFFFD", 0x05: "\uFFFD",
	0x06: "\uFFFD", 0x07: "\uFFFD", 0x08: "\uFFFD", 0x0b: "\uFFFD", 0x0c: "\uFFFD", 0x0e: "\uFFFD",
	0x0f: "\uFFFD", 0x10: "\uFFFD", 0x11: "\uFFFD", 0x12: "\uFFFD", 0x13: "\uFFFD", 0x14: "\uFFFD",
	0x15: "\uFFFD", 0x16: "\uFFFD", 0x17: "\uFFFD", 0x18: "\uFFFD", 0x19: "\uFFFD", 0x1a: "\uFFFD",
	0x1b: "\uFFFD", 0x1c: "\uFFFD", 0x1d: "\uFFFD", 0x1e: "\uFFFD", 0x1f: "\uFFFD",
}
