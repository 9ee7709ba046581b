package wire

import (
	"fmt"

	"supervisor/xmlrpc"
)

// members makes a value a struct.
func members(v any, what string) (xmlrpc.Struct, error) {
	s, ok := v.(xmlrpc.Struct)
	if !ok {
		return nil, fmt.Errorf("cannot read %s: a %T is no struct", what, v)
	}
	return s, nil
}

// list makes a value a list of what item makes of each.
func list[T any](v any, what string, item func(any) (T, error)) ([]T, error) {
	values, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("cannot read a list of %s: a %T is no array", what, v)
	}
	items := make([]T, len(values))
	for i, v := range values {
		var err error
		if items[i], err = item(v); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// The functions below read a member whose type the other side has chosen. A
// member of another type counts as missing, and has the zero value.

func text(v any) string {
	s, _ := v.(string)
	return s
}

func number(v any) int {
	n, _ := v.(int)
	return n
}

func flag(v any) bool {
	b, _ := v.(bool)
	return b
}
