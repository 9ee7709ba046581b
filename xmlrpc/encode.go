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
	dst = AppendText(dst, method)
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
	dst = AppendText(dst, s)
	return append(dst, "</string></value>\n"...)
}

// AppendInt appends an integer, brought into the range of 32 bits that XML-RPC
// has for it.
func AppendInt(dst []byte, n int64) []byte {
	dst = append(dst, "<value><int>"...)
	dst = AppendInt32(dst, n)
	return append(dst, "</int></value>\n"...)
}

// AppendInt32 appends the digits of an integer, brought into that range.
func AppendInt32(dst []byte, n int64) []byte {
	return strconv.AppendInt(dst, min(max(n, math.MinInt32), math.MaxInt32), 10)
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

// The markup of a struct. A member is MemberStart, its name, MemberIs..., its
// value and the end that goes with it. Whoever renders many structs of one kind
// joins what lies between two values to one constant; the others have the
// functions below.
const (
	StructStart     = "<value><struct>\n"
	StructEnd       = "</struct></value>\n"
	MemberStart     = "<member>\n<name>"
	MemberIsString  = "</name>\n<value><string>"
	StringMemberEnd = "</string></value>\n</member>\n"
	MemberIsInt     = "</name>\n<value><int>"
	IntMemberEnd    = "</int></value>\n</member>\n"
)

// AppendStructStart begins a struct; its members follow.
func AppendStructStart(dst []byte) []byte { return append(dst, StructStart...) }

// AppendStructEnd ends a struct.
func AppendStructEnd(dst []byte) []byte { return append(dst, StructEnd...) }

// AppendMember appends a member of a struct.
func AppendMember(dst []byte, name string, value any) []byte {
	dst = append(dst, MemberStart...)
	dst = AppendText(dst, name)
	dst = append(dst, "</name>\n"...)
	dst = AppendValue(dst, value)
	return append(dst, "</member>\n"...)
}

// Most of a long answer consists of members of the usual types, so these are
// written in as few pieces as possible. Their name is written as it is: it must
// be one that needs no escaping.

// AppendStringMember is AppendMember for a string under a plain name.
func AppendStringMember(dst []byte, name, value string) []byte {
	dst = append(dst, MemberStart...)
	dst = append(dst, name...)
	dst = append(dst, MemberIsString...)
	dst = AppendText(dst, value)
	return append(dst, StringMemberEnd...)
}

// AppendIntMember is AppendMember for an integer under a plain name.
func AppendIntMember(dst []byte, name string, value int64) []byte {
	dst = append(dst, MemberStart...)
	dst = append(dst, name...)
	dst = append(dst, MemberIsInt...)
	dst = AppendInt32(dst, value)
	return append(dst, IntMemberEnd...)
}

// AppendBoolMember is AppendMember for a boolean under a plain name.
func AppendBoolMember(dst []byte, name string, value bool) []byte {
	dst = append(dst, MemberStart...)
	dst = append(dst, name...)
	dst = append(dst, "</name>\n"...)
	dst = AppendBool(dst, value)
	return append(dst, "</member>\n"...)
}

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

// AppendText appends character data.
func AppendText(dst []byte, s string) []byte {
	i := 0
	for i+8 <= len(s) && ordinary8(s[i:i+8]) {
		i += 8
	}
	for ; i < len(s); i++ {
		if !ordinary[s[i]] {
			return appendEscaped(append(dst, s[:i]...), s[i:])
		}
	}
	return append(dst, s...)
}

// ordinary8 reports whether each of eight bytes is ordinary, or may be wrong
// about newlines and tabs. It looks at all of them at once: in w a byte with its
// highest bit set is not ASCII, and the terms below set that bit of each byte
// that is less than a blank, '&', '<' or '>' (a subtraction borrows from the
// highest bit of a byte only if the byte was too small; what it borrows from the
// next one can only make that look suspicious too).
func ordinary8(s string) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	_ = s[7]
	w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	control := w - ' '*ones
	ampersand := (w ^ '&'*ones) - ones
	angle := ((w | 2*ones) ^ '>'*ones) - ones // '<' and '>' differ in this bit
	return (w|control|ampersand|angle)&tops == 0
}

func appendEscaped(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, width := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == utf8.RuneError || !allowed(r):
			dst = append(dst, "\uFFFD"...)
		default:
			dst = append(dst, s[i:i+width]...)
		}
		i += width
	}
	return dst
}

// ordinary says of which bytes it is plain that they stand for themselves.
var ordinary = func() (table [256]bool) {
	for c := range byte(utf8.RuneSelf) {
		table[c] = allowed(rune(c)) && c != '&' && c != '<' && c != '>'
	}
	return table
}()
