package wire

import "supervisor/xmlrpc"

// Explanation is what getExplanation says about a process.
type Explanation struct {
	Name, State string
	Cause       string // a short name that programs can compare
	Answer      string
	Evidence    []string
	Steps       []Step
}

// Step is something to do: Key is to be set to Value in the section, or Run is
// to be typed, or Say is all.
type Step struct{ Say, Section, Key, Value, Run string }

// AppendXMLRPC implements xmlrpc.Marshaler.
func (e *Explanation) AppendXMLRPC(dst []byte) []byte {
	steps := make([]any, len(e.Steps))
	for i, s := range e.Steps {
		steps[i] = xmlrpc.Struct{
			{Name: "say", Value: s.Say},
			{Name: "section", Value: s.Section},
			{Name: "key", Value: s.Key},
			{Name: "value", Value: s.Value},
			{Name: "run", Value: s.Run},
		}
	}
	return xmlrpc.AppendValue(dst, xmlrpc.Struct{
		{Name: "name", Value: e.Name},
		{Name: "statename", Value: e.State},
		{Name: "cause", Value: e.Cause},
		{Name: "answer", Value: e.Answer},
		{Name: "evidence", Value: texts(e.Evidence)},
		{Name: "steps", Value: steps},
	})
}

// ParseExplanation reads what getExplanation returned.
func ParseExplanation(v any) (Explanation, error) {
	s, err := members(v, "an explanation")
	if err != nil {
		return Explanation{}, err
	}
	var e Explanation
	for _, m := range s {
		switch m.Name {
		case "name":
			e.Name = text(m.Value)
		case "statename":
			e.State = text(m.Value)
		case "cause":
			e.Cause = text(m.Value)
		case "answer":
			e.Answer = text(m.Value)
		case "evidence":
			e.Evidence, err = textList(m.Value)
		case "steps":
			e.Steps, err = list(m.Value, "steps", parseStep)
		}
		if err != nil {
			return Explanation{}, err
		}
	}
	return e, nil
}

func parseStep(v any) (Step, error) {
	s, err := members(v, "a step")
	var step Step
	for _, m := range s {
		switch m.Name {
		case "say":
			step.Say = text(m.Value)
		case "section":
			step.Section = text(m.Value)
		case "key":
			step.Key = text(m.Value)
		case "value":
			step.Value = text(m.Value)
		case "run":
			step.Run = text(m.Value)
		}
	}
	return step, err
}
