package webui

import (
	"fmt"

	"supervisor/internal/config"
)

// update makes what runs what the file says, as the command of that name does:
// groups that are no longer in it are stopped and removed, those that differ are
// started anew, new ones are added; all others are left alone.
func (u *UI) update() (message string, failed []failure) {
	diff, err := u.supervisor.Reload()
	if err != nil {
		return "Nothing was changed", []failure{{"configuration", reason(err)}}
	}
	do := func(group string, step func(group string) error) {
		if err := step(group); err != nil {
			failed = append(failed, failure{group, reason(err)})
		}
	}
	for _, group := range diff.Removed {
		do(group, u.remove)
	}
	for _, change := range diff.Changed {
		do(change.Group, func(group string) error {
			if err := u.remove(group); err != nil {
				return err
			}
			return u.supervisor.AddGroup(group)
		})
	}
	for _, group := range diff.Added {
		do(group, u.supervisor.AddGroup)
	}
	if same(diff) {
		return "Nothing has changed", failed
	}
	return fmt.Sprintf("Updated: %d added, %d restarted, %d removed", len(diff.Added), len(diff.Changed), len(diff.Removed)), failed
}

// remove stops a group and removes it.
func (u *UI) remove(group string) error {
	if _, err := u.supervisor.StopGroup(group, true); err != nil {
		return err
	}
	return u.supervisor.RemoveGroup(group)
}

func same(d config.Diff) bool { return len(d.Added)+len(d.Changed)+len(d.Removed) == 0 }
