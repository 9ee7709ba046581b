// Package privilege gives up root's power for that of an account.
//
// It changes the whole process, all threads and all three ids, so there is no
// way back. The texts of its errors are those of Supervisor (cli.md, section 2,
// step 4): its users see them as usage errors, and children in their logs.
package privilege

import (
	"errors"
	"fmt"
	"os/user"
	"slices"
	"strconv"
	"syscall"
)

// Why privileges could not be dropped.
var (
	ErrNotRoot = errors.New("Can't drop privilege as nonroot user")
	ErrGroups  = errors.New("Could not set groups of effective user")
	ErrGroup   = errors.New("Could not set group id of effective user")
	ErrUser    = errors.New("Could not set user id of effective user")
)

// Drop makes the process run as the account with the given uid: with its
// primary group, its supplementary groups and its uid. A process that has the
// uid already stays as it is and needs no privilege.
func Drop(uid int) error {
	if !Needed(uid) {
		return nil
	}
	to, err := Lookup(uid)
	if err != nil {
		return err
	}
	groups := make([]int, len(to.Groups))
	for i, gid := range to.Groups {
		groups[i] = int(gid)
	}
	if syscall.Setgroups(groups) != nil {
		return ErrGroups
	}
	if syscall.Setgid(int(to.Gid)) != nil {
		return ErrGroup
	}
	if syscall.Setuid(int(to.Uid)) != nil {
		return ErrUser
	}
	return nil
}

// Needed reports whether running as uid takes a switch.
func Needed(uid int) bool { return uid != syscall.Getuid() }

// Lookup returns the ids of the account with the given uid: its primary group
// comes first among the groups, then every group that lists the account. Only
// root may become somebody else, so it fails with ErrNotRoot for anybody but
// root.
func Lookup(uid int) (*syscall.Credential, error) {
	if syscall.Getuid() != 0 {
		return nil, ErrNotRoot
	}
	account, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return nil, fmt.Errorf("Can't find uid %d", uid)
	}
	primary, err := parseID(account.Gid)
	if err != nil {
		return nil, err
	}
	listed, err := account.GroupIds()
	if err != nil {
		return nil, fmt.Errorf("cannot list the groups of uid %d: %w", uid, err)
	}
	groups := []uint32{primary}
	for _, text := range listed {
		gid, err := parseID(text)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(groups, gid) {
			groups = append(groups, gid)
		}
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: primary, Groups: groups}, nil
}

func parseID(text string) (uint32, error) {
	id, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("cannot use id %q: %w", text, err)
	}
	return uint32(id), nil
}
