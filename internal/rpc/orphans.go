package rpc

// getOrphans shows what an earlier daemon has left over.
func (s *Server) getOrphans(*args) (any, error) {
	list := []any{}
	for _, o := range s.orphans() {
		list = append(list, o.Value())
	}
	return list, nil
}
