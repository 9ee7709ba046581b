package rpc

import "supervisor/internal/wire"

func (s *Server) explanation(a *args) (any, error) {
	name := a.text(0)
	if a.fault != nil {
		return nil, a.fault
	}
	info, err := s.supervisor.Process(name)
	if err != nil {
		return nil, err
	}
	e, err := s.explain(name)
	if err != nil {
		return nil, err
	}
	answer := wire.Explanation{
		Name:     info.Display(),
		State:    info.Vars.State.String(),
		Cause:    e.Cause,
		Answer:   e.Answer,
		Evidence: e.Evidence,
	}
	for _, step := range e.Steps {
		answer.Steps = append(answer.Steps, wire.Step{Say: step.Say, Section: step.Section, Key: step.Key, Value: step.Value, Run: step.Run})
	}
	return &answer, nil
}
