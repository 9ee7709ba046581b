package webui

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/event"
	"supervisor/internal/signals"
)

// option is an option of a program as it is in force.
type option struct {
	Key, Value, Meaning string
	Default             bool // the value is what it would be if the option were absent
}

// options returns every option of a process, those of its section that are not
// kept with a process aside (numprocs_start, whose effect is in the name). The
// values of variables that look like secrets are not shown.
func options(p *config.Process, g *config.Group) []option {
	kind, _, _ := strings.Cut(p.Section, ":")
	var list []option
	for _, doc := range config.Options() {
		value := optionValues[doc.Key]
		if doc.Section != kind+":x" || value == nil {
			continue
		}
		o := option{Key: doc.Key, Value: value(p, g), Meaning: doc.Meaning}
		o.Default = isDefault(doc, o.Value, p)
		if o.Default && o.Value == "" {
			o.Value = doc.Default
		}
		list = append(list, o)
	}
	slices.SortStableFunc(list, func(a, b option) int { return weight(a) - weight(b) })
	return list
}

// weight puts the command first, then what somebody has chosen, then what is as
// ever.
func weight(o option) int {
	switch {
	case o.Key == "command":
		return 0
	case !o.Default:
		return 1
	}
	return 2
}

func isDefault(doc config.OptionDoc, value string, p *config.Process) bool {
	switch {
	case doc.Key == "process_name":
		return p.Name == p.Program
	case doc.Key == "priority":
		return p.Priority == 999
	case doc.Key == "socket_mode":
		return p.Socket.Mode == 0o700
	case doc.Key == "killasgroup":
		return p.KillAsGroup == p.StopAsGroup
	case doc.Key == "stderr_logfile" && p.RedirectStderr:
		return true
	case !doc.Written:
		return value == ""
	}
	return value == doc.Default
}

// text makes a value of what is text already.
func text(of func(*config.Process) string) func(*config.Process, *config.Group) string {
	return func(p *config.Process, _ *config.Group) string { return of(p) }
}

func number(of func(*config.Process) int) func(*config.Process, *config.Group) string {
	return text(func(p *config.Process) string { return strconv.Itoa(of(p)) })
}

func truth(of func(*config.Process) bool) func(*config.Process, *config.Group) string {
	return text(func(p *config.Process) string { return strconv.FormatBool(of(p)) })
}

func seconds(of func(*config.Process) time.Duration) func(*config.Process, *config.Group) string {
	return text(func(p *config.Process) string { return strconv.FormatInt(int64(of(p)/time.Second), 10) })
}

// size is written with the biggest unit that makes it a whole number.
func size(of func(*config.Process) config.ByteSize) func(*config.Process, *config.Group) string {
	return text(func(p *config.Process) string {
		n := of(p)
		for _, unit := range []struct {
			bytes config.ByteSize
			name  string
		}{{1 << 30, "GB"}, {1 << 20, "MB"}, {1 << 10, "KB"}} {
			if n != 0 && n%unit.bytes == 0 {
				return strconv.FormatInt(int64(n/unit.bytes), 10) + unit.name
			}
		}
		return strconv.FormatInt(int64(n), 10)
	})
}

func logOf(log func(*config.Process) config.Log) func(*config.Process, *config.Group) string {
	return text(func(p *config.Process) string {
		switch l := log(p); {
		case l.Auto:
			return "AUTO"
		case l.Path == "":
			return "NONE"
		default:
			return l.Path
		}
	})
}

func numprocs(p *config.Process, g *config.Group) string {
	n := 0
	for _, other := range g.Processes {
		if other.Section == p.Section {
			n++
		}
	}
	return strconv.Itoa(n)
}

func umask(p *config.Process) string {
	if p.Umask == nil {
		return ""
	}
	return fmt.Sprintf("%03o", *p.Umask)
}

func user(p *config.Process) string {
	if p.User == nil {
		return ""
	}
	return p.User.Name
}

func exitCodes(p *config.Process) string {
	var list []string
	for _, code := range p.ExitCodes {
		list = append(list, strconv.Itoa(code))
	}
	return strings.Join(list, ",")
}

func environment(p *config.Process) string {
	var list []string
	for _, v := range p.Environment {
		list = append(list, config.WithoutSecret(v))
	}
	return strings.Join(list, "\n")
}

func backlog(p *config.Process) string {
	if p.Socket.Backlog == 0 {
		return ""
	}
	return strconv.Itoa(p.Socket.Backlog)
}

func socketOwner(p *config.Process) string {
	if p.Socket.Owner == config.KeepOwner {
		return ""
	}
	return fmt.Sprintf("%d:%d", p.Socket.Owner.UID, p.Socket.Owner.GID)
}

func events(_ *config.Process, g *config.Group) string {
	var list []string
	for _, t := range g.Pool.Events {
		list = append(list, t.String())
	}
	return strings.Join(list, ",")
}

func payloadLength(_ *config.Process, g *config.Group) string {
	if g.Pool.LengthUnit == event.Bytes {
		return "bytes"
	}
	return "characters"
}

// optionValues are the options' values as they would be written in a file.
var optionValues = map[string]func(*config.Process, *config.Group) string{
	"command":         text(func(p *config.Process) string { return p.Command }),
	"process_name":    text(func(p *config.Process) string { return p.Name }),
	"numprocs":        numprocs,
	"directory":       text(func(p *config.Process) string { return p.Directory }),
	"umask":           text(umask),
	"user":            text(user),
	"environment":     text(environment),
	"serverurl":       text(func(p *config.Process) string { return cmp.Or(p.ServerURL, "AUTO") }),
	"priority":        number(func(p *config.Process) int { return p.Priority }),
	"autostart":       truth(func(p *config.Process) bool { return p.Autostart }),
	"autorestart":     text(func(p *config.Process) string { return p.Autorestart.String() }),
	"startsecs":       seconds(func(p *config.Process) time.Duration { return p.StartSecs }),
	"startretries":    number(func(p *config.Process) int { return p.StartRetries }),
	"exitcodes":       text(exitCodes),
	"stopsignal":      text(func(p *config.Process) string { return strings.TrimPrefix(signals.Name(p.StopSignal), "SIG") }),
	"stopwaitsecs":    seconds(func(p *config.Process) time.Duration { return p.StopWait }),
	"stopasgroup":     truth(func(p *config.Process) bool { return p.StopAsGroup }),
	"killasgroup":     truth(func(p *config.Process) bool { return p.KillAsGroup }),
	"redirect_stderr": truth(func(p *config.Process) bool { return p.RedirectStderr }),

	"stdout_logfile":          logOf(func(p *config.Process) config.Log { return p.Stdout.Log }),
	"stdout_logfile_maxbytes": size(func(p *config.Process) config.ByteSize { return p.Stdout.MaxBytes }),
	"stdout_logfile_backups":  number(func(p *config.Process) int { return p.Stdout.Backups }),
	"stdout_capture_maxbytes": size(func(p *config.Process) config.ByteSize { return p.Stdout.CaptureMax }),
	"stdout_events_enabled":   truth(func(p *config.Process) bool { return p.Stdout.Events }),
	"stdout_syslog":           truth(func(p *config.Process) bool { return p.Stdout.Syslog }),
	"stderr_logfile":          logOf(func(p *config.Process) config.Log { return p.Stderr.Log }),
	"stderr_logfile_maxbytes": size(func(p *config.Process) config.ByteSize { return p.Stderr.MaxBytes }),
	"stderr_logfile_backups":  number(func(p *config.Process) int { return p.Stderr.Backups }),
	"stderr_capture_maxbytes": size(func(p *config.Process) config.ByteSize { return p.Stderr.CaptureMax }),
	"stderr_events_enabled":   truth(func(p *config.Process) bool { return p.Stderr.Events }),
	"stderr_syslog":           truth(func(p *config.Process) bool { return p.Stderr.Syslog }),

	"socket":         text(func(p *config.Process) string { return p.Socket.URL }),
	"socket_backlog": text(backlog),
	"socket_mode":    text(func(p *config.Process) string { return fmt.Sprintf("0%o", p.Socket.Mode) }),
	"socket_owner":   text(socketOwner),

	"events":         events,
	"buffer_size":    func(_ *config.Process, g *config.Group) string { return strconv.Itoa(g.Pool.BufferSize) },
	"result_handler": func(_ *config.Process, g *config.Group) string { return g.Pool.ResultHandler },
	"payload_length": payloadLength,
}
