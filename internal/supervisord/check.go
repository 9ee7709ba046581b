package supervisord

import (
	"supervisor/internal/checker"
	"supervisor/internal/config"
)

// check looks for everything that is wrong with the configuration, instead of
// running by it.
func (p *program) check() int {
	src, err := p.source()
	if err != nil {
		return p.refuse(err)
	}
	var searched []string
	if src.File == "" {
		src.File, searched, _ = config.Find(p.exe, src.Cwd)
	}
	return checker.Run(checker.Invocation{
		Program: p.exe, Args: p.line.check[1:], Source: src, Searched: searched, Stdout: p.stdout, Stderr: p.stderr,
	})
}
