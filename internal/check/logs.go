package check

import (
	"fmt"
	"path"
	"strings"

	"supervisor/internal/config"
	"supervisor/internal/ini"
)

// logs finds logs that will not be kept as they should.
func (c *checker) logs() {
	writers := map[string]string{} // who writes to a file
	if d := c.Config.Daemon; d.LogFile != "" {
		writers[d.LogFile] = "the daemon itself"
		if s := c.File.Section("supervisord"); s != nil {
			o, given := s.Get("logfile")
			if given && !c.refused(s, o) {
				c.device(s, o, d.LogFile, d.LogMaxBytes, "logfile_maxbytes")
				c.writable(s, o, d.LogFile)
			}
		}
	}
	seen := map[string]bool{}
	for _, g := range c.Config.Groups {
		for _, p := range g.Processes {
			s := c.File.Section(p.Section)
			if s == nil {
				continue
			}
			for _, stream := range []string{"stdout", "stderr"} {
				log := p.Stdout
				if stream == "stderr" {
					log = p.Stderr
				}
				o, ok := s.Get(stream + "_logfile")
				if !ok || log.Log.Path == "" || c.refused(s, o) {
					continue
				}
				file := c.within(c.cwd(), log.Log.Path)
				if !seen[p.Section+stream] {
					seen[p.Section+stream] = true
					c.device(s, o, file, log.MaxBytes, stream+"_logfile_maxbytes")
					c.writable(s, o, file)
				}
				c.shared(s, o, p, file, writers)
			}
		}
	}
}

func isDevice(file string) bool {
	return strings.HasPrefix(file, "/dev/") || strings.HasPrefix(file, "/proc/")
}

// device finds devices that would be rotated.
func (c *checker) device(s *ini.Section, o ini.Option, file string, maxBytes config.ByteSize, key string) {
	if !isDevice(file) || file == "/dev/null" || maxBytes <= 0 {
		return
	}
	f := c.on(deviceRotated, s, o, "%s is not a file that can be rotated: Supervisor loses output or fails when it tries", file)
	f.Hint = "say " + key + "=0"
	if size, ok := s.Get(key); ok {
		f.move(c, size.File, size.Line)
		f.Suggestion = c.instead(size, "0")
		return
	}
	c.below(f, key+"=0")
}

// shared finds files that two streams write to: each would rotate it away from
// the other.
func (c *checker) shared(s *ini.Section, o ini.Option, p *config.Process, file string, writers map[string]string) {
	if isDevice(file) {
		return
	}
	stream, _, _ := strings.Cut(o.Key, "_")
	me := fmt.Sprintf("%s of %s", stream, p.Name)
	other, taken := writers[file]
	if !taken {
		writers[file] = me
		return
	}
	if other == me {
		return
	}
	f := c.on(sharedLog, s, o, "%s is written by %s as well: each rotates it away from the other", file, other)
	f.Hint = "give each a file of its own"
	dir, ext := path.Dir(o.Value), path.Ext(o.Value)
	switch {
	case strings.HasSuffix(other, " of "+p.Name) && stream == "stderr":
		f.Hint = "say redirect_stderr=true instead"
		c.without(f, o)
		text := *f.Suggestion + "\nredirect_stderr=true"
		if old, given := s.Get("redirect_stderr"); given {
			f.move(c, old.File, old.Line)
			text = *c.instead(old, "true")
		}
		f.Suggestion = &text
	case p.Name != p.Program:
		f.Suggestion = c.instead(o, strings.TrimSuffix(o.Value, ext)+"-%(process_num)s"+ext)
	default:
		f.Suggestion = c.instead(o, dir+"/%(program_name)s-"+stream+".log")
	}
}

// writable looks whether the daemon can write a log.
func (c *checker) writable(s *ini.Section, o ini.Option, file string) {
	if isDevice(file) {
		return
	}
	uid := c.daemonUID()
	info, err := c.world.Stat(file)
	switch {
	case err == nil && info.Mode.IsDir():
		f := c.on(logNotWritable, s, o, "%s is a directory", file)
		f.Hint, f.Suggestion = "name a file in it", c.instead(o, strings.TrimRight(o.Value, "/")+"/output.log")
		return
	case err == nil && !c.may(uid, info, toWrite):
		f := c.on(logNotWritable, s, o, "%s may not write to %s", c.userName(nil), file)
		f.Hint = fmt.Sprintf("run: chown %d %s", uid, file)
		return
	case err == nil:
		return
	}
	dir := path.Dir(file)
	if info, err := c.world.Stat(dir); err == nil && !c.may(uid, info, toWrite) {
		f := c.on(logNotWritable, s, o, "%s may not create a file in %s", c.userName(nil), dir)
		f.Hint = fmt.Sprintf("run: chown %d %s", uid, dir)
	}
}
