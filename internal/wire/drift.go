package wire

import "supervisor/xmlrpc"

// Drift is what getConfigDrift says: how the configuration on disk differs from
// what runs.
type Drift struct {
	Added            []string
	Changed, Removed []Drifted
}

// Drifted is a group that an update would start anew, or remove.
type Drifted struct {
	Group   string
	Stops   []string // the processes of it that are up now
	Starts  []string // those that are started then
	Options []OptionChange
}

// OptionChange is one option that differs. Process is empty for an option of
// the group itself.
type OptionChange struct{ Process, Key, From, To string }

// AppendXMLRPC implements xmlrpc.Marshaler.
func (d *Drift) AppendXMLRPC(dst []byte) []byte {
	return xmlrpc.AppendValue(dst, xmlrpc.Struct{
		{Name: "added", Value: texts(d.Added)},
		{Name: "changed", Value: driftedValues(d.Changed)},
		{Name: "removed", Value: driftedValues(d.Removed)},
	})
}

func driftedValues(groups []Drifted) []any {
	values := make([]any, len(groups))
	for i, g := range groups {
		options := make([]any, len(g.Options))
		for i, o := range g.Options {
			options[i] = xmlrpc.Struct{
				{Name: "process", Value: o.Process},
				{Name: "key", Value: o.Key},
				{Name: "from", Value: o.From},
				{Name: "to", Value: o.To},
			}
		}
		values[i] = xmlrpc.Struct{
			{Name: "group", Value: g.Group},
			{Name: "stops", Value: texts(g.Stops)},
			{Name: "starts", Value: texts(g.Starts)},
			{Name: "options", Value: options},
		}
	}
	return values
}

func texts(list []string) []any {
	values := make([]any, len(list))
	for i, text := range list {
		values[i] = text
	}
	return values
}

// ParseDrift reads what getConfigDrift returned.
func ParseDrift(v any) (Drift, error) {
	s, err := members(v, "how the configuration differs")
	if err != nil {
		return Drift{}, err
	}
	var d Drift
	for _, m := range s {
		switch m.Name {
		case "added":
			d.Added, err = textList(m.Value)
		case "changed":
			d.Changed, err = list(m.Value, "changed groups", parseDrifted)
		case "removed":
			d.Removed, err = list(m.Value, "removed groups", parseDrifted)
		}
		if err != nil {
			return Drift{}, err
		}
	}
	return d, nil
}

func parseDrifted(v any) (Drifted, error) {
	s, err := members(v, "a group that differs")
	if err != nil {
		return Drifted{}, err
	}
	var g Drifted
	told := false
	for _, m := range s {
		switch m.Name {
		case "group":
			g.Group = text(m.Value)
		case "stops":
			g.Stops, err = textList(m.Value)
		case "starts":
			told = true
			g.Starts, err = textList(m.Value)
		case "options":
			g.Options, err = list(m.Value, "options", parseOptionChange)
		}
		if err != nil {
			return Drifted{}, err
		}
	}
	if !told { // an older daemon: most of what is stopped comes back
		g.Starts = g.Stops
	}
	return g, nil
}

func parseOptionChange(v any) (OptionChange, error) {
	s, err := members(v, "an option that differs")
	var o OptionChange
	for _, m := range s {
		switch m.Name {
		case "process":
			o.Process = text(m.Value)
		case "key":
			o.Key = text(m.Value)
		case "from":
			o.From = text(m.Value)
		case "to":
			o.To = text(m.Value)
		}
	}
	return o, err
}

func textList(v any) ([]string, error) {
	return list(v, "names", func(v any) (string, error) { return text(v), nil })
}
