package supervisor

import (
	"testing"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/event"
	"supervisor/internal/lifecycle"
)

// Each test is a scene; its transcript is in testdata. The names say which
// lines of the checklist it carries.

func manual(p *config.Process) { p.Autostart = false }

func TestStartAtBoot_PRO_002_PRO_058_EVT_015_EVT_019(t *testing.T) {
	groups := []*config.Group{
		audience(100, event.Any),
		together("pets", 5, app("cat"), app("dog", manual)),
		alone("web"),
	}
	play(t, groups, map[string]program{"ears": listener, "cat": forever, "dog": forever, "web": forever}, func(w *world) {
		w.wait(2 * time.Second)
		w.all()
	})
}

func TestCrashes_PRO_008_PRO_009_PRO_014_PRO_019(t *testing.T) {
	groups := []*config.Group{
		alone("crasher"),
		alone("quick", func(p *config.Process) { p.StartRetries = 2 }),
		alone("missing", func(p *config.Process) { p.StartRetries = 0 }),
	}
	programs := map[string]program{"crasher": lives(5*time.Second, 3), "quick": lives(100*time.Millisecond, 0)}
	play(t, groups, programs, func(w *world) {
		w.wait(12 * time.Second)
		w.all()
	})
}

func TestStartRequests_RPC_021_to_RPC_027(t *testing.T) {
	groups := []*config.Group{
		alone("good", manual), alone("bad", manual), alone("gone", manual),
		alone("slow", manual, func(p *config.Process) { p.StartSecs = 10 * time.Second }),
	}
	programs := map[string]program{"good": forever, "bad": lives(200*time.Millisecond, 1), "slow": forever}
	play(t, groups, programs, func(w *world) {
		w.do("start good", func() error { return w.s.Start("good", true) })
		w.do("start good again", func() error { return w.s.Start("good", true) })
		w.do("start bad", func() error { return w.s.Start("bad", true) })
		w.do("start gone", func() error { return w.s.Start("gone", true) })
		w.do("start nobody", func() error { return w.s.Start("nobody", true) })
		w.do("start slow without waiting", func() error { return w.s.Start("slow", false) })
		w.do("stop slow", func() error { return w.s.Stop("slow", true) })
		w.ask("start slow", func() error { return w.s.Start("slow", true) })
		w.wait(time.Second)
		w.do("stop slow", func() error { return w.s.Stop("slow", true) })
		w.all()
	})
}

func TestStopRequests_RPC_034_to_RPC_037_PRO_025_PRO_029(t *testing.T) {
	groups := []*config.Group{
		alone("good"), alone("stubborn"), alone("failing"),
		alone("group", func(p *config.Process) { p.StopAsGroup, p.KillAsGroup = true, true }),
	}
	programs := map[string]program{"good": forever, "stubborn": stubborn, "group": stubborn}
	play(t, groups, programs, func(w *world) {
		w.wait(1500 * time.Millisecond)
		w.do("stop good", func() error { return w.s.Stop("good", true) })
		w.do("stop good again", func() error { return w.s.Stop("good", true) })
		w.do("stop failing", func() error { return w.s.Stop("failing", true) }) // RPC-036, PRO-067
		w.do("stop group at once", func() error { return w.s.Stop("group", false) })
		w.do("start group while it stops", func() error { return w.s.Start("group", true) }) // RPC-074
		w.do("stop stubborn", func() error { return w.s.Stop("stubborn", true) })
		w.all()
	})
}

func TestManyAtOnce_RPC_028_RPC_030_RPC_031_RPC_032_RPC_038(t *testing.T) {
	groups := []*config.Group{
		together("pets", 5,
			app("cat", manual, func(p *config.Process) { p.Priority = 2 }),
			app("dog", manual, func(p *config.Process) { p.Priority = 1 }),
			app("fish", manual)),
		alone("web"),
	}
	programs := map[string]program{"cat": forever, "dog": lives(300*time.Millisecond, 1), "web": forever}
	play(t, groups, programs, func(w *world) {
		results := func(results []Result, err error) error {
			for _, r := range results {
				w.say("    %s: %v", display(r.Process), r.Err)
			}
			return err
		}
		w.do("start all", func() error { return results(w.s.StartAll(true)) })
		w.do("start a group that has nothing to start", func() error { return results(w.s.StartGroup("web", true)) })
		w.do("start no group", func() error { return results(w.s.StartGroup("nope", true)) })
		w.do("signal all", func() error { return results(w.s.SignalAll("HUP")) })
		w.do("stop all", func() error { return results(w.s.StopAll(true)) })
		w.do("stop all again", func() error { return results(w.s.StopAll(true)) })
	})
}

func TestShutdownOrder_CLI_070_CLI_071_CLI_072_CLI_074_EVT_016_EVT_047(t *testing.T) {
	groups := []*config.Group{
		audience(100, event.SupervisorStateChange, event.ProcessState),
		together("first", 1, app("a"), app("b", func(p *config.Process) { p.Priority = 1 })),
		together("last", 9, app("stubborn"), app("failing")),
	}
	programs := map[string]program{"ears": listener, "a": forever, "b": forever, "stubborn": stubborn}
	play(t, groups, programs, func(w *world) {
		w.wait(1500 * time.Millisecond)
		w.do("shutdown", w.s.Shutdown)
		w.do("shutdown again", w.s.Shutdown)
		w.do("start while going down", func() error { return w.s.Start("first:a", true) })
		w.do("a message while going down", func() error { return w.s.SendRemoteEvent("T", "DATA") })
	})
}

func TestRestart_CLI_067_EVT_050(t *testing.T) {
	play(t, []*config.Group{alone("stubborn")}, map[string]program{"stubborn": stubborn}, func(w *world) {
		w.wait(2 * time.Second)
		w.do("restart", w.s.Restart)
		w.do("restart again", w.s.Restart)
		w.do("shutdown instead", w.s.Shutdown)
		if w.s.State() != Shutdown {
			t.Errorf("state %v, want SHUTDOWN", w.s.State())
		}
	})
}

func TestTicks_EVT_017_EVT_018(t *testing.T) {
	play(t, []*config.Group{audience(100, event.Tick)}, map[string]program{"ears": listener}, func(w *world) {
		w.wait(61 * time.Second)
	})
}

func TestNobodyTicksWithoutSubscribers(t *testing.T) {
	play(t, []*config.Group{alone("web")}, map[string]program{"web": forever}, func(w *world) {
		w.wait(2 * time.Second)
		if next := w.s.core.alarms.next(); !next.IsZero() { // the loop is idle: everything is durably blocked
			t.Errorf("an idle supervisor will wake up at %v", next)
		}
	})
}

func TestGroupsComeAndGo_RPC_057_RPC_058_PRO_085_PRO_086_PRO_087(t *testing.T) {
	web, cat := alone("web"), alone("cat")
	programs := map[string]program{"web": forever, "cat": forever, "ears": listener}
	play(t, []*config.Group{audience(10, event.ProcessGroup), web}, programs, func(w *world) {
		w.do("add a group nobody knows", func() error { return w.s.AddGroup("cat") })
		w.loads = &config.Config{Groups: []*config.Group{web, cat}, Daemon: w.loads.Daemon}
		w.do("reload", func() error { _, err := w.s.Reload(); return err })
		w.do("add cat", func() error { return w.s.AddGroup("cat") })
		w.do("add cat again", func() error { return w.s.AddGroup("cat") })
		w.wait(2 * time.Second)
		w.all()
		w.do("remove cat", func() error { return w.s.RemoveGroup("cat") })
		w.do("stop cat", func() error { return w.s.Stop("cat", true) })
		w.do("remove cat", func() error { return w.s.RemoveGroup("cat") })
		w.do("remove cat again", func() error { return w.s.RemoveGroup("cat") })
		w.do("start cat", func() error { return w.s.Start("cat", true) })
		w.all()
	})
}

// A group that was removed and added again disappears after those that stayed.
func TestReloadReportsInOrderOfJoining_RPC_055(t *testing.T) {
	first, second := alone("a", manual), alone("b", manual)
	play(t, []*config.Group{first, second}, nil, func(w *world) {
		w.do("remove a", func() error { return w.s.RemoveGroup("a") })
		w.do("add a", func() error { return w.s.AddGroup("a") })
		w.loads = &config.Config{}
		w.do("reload", func() error {
			diff, err := w.s.Reload()
			w.say("    removed %v", diff.Removed)
			return err
		})
	})
}

func TestSignalsAndStdin_RPC_039_to_RPC_043_RPC_044(t *testing.T) {
	echo := func(l *life) lifecycle.Exit {
		for {
			select {
			case data := <-l.stdin:
				l.seat.w.say("    %s reads %q", l.seat.config.Name, data)
			case sig := <-l.signals:
				if sig != 1 {
					return died(sig)
				}
			}
		}
	}
	groups := []*config.Group{alone("echo"), alone("off", manual), alone("untouchable")}
	play(t, groups, map[string]program{"echo": echo, "off": forever, "untouchable": forever}, func(w *world) {
		w.wait(2 * time.Second)
		w.do("signal echo", func() error { return w.s.Signal("echo", "SIGHUP") })
		w.do("signal echo with nonsense", func() error { return w.s.Signal("echo", "FOO") }) // RPC-040
		w.do("signal all with nonsense", func() error {                                      // RPC-042
			results, err := w.s.SignalAll("FOO")
			for _, r := range results {
				w.say("    %s: %v", display(r.Process), r.Err)
			}
			return err
		})
		w.do("signal off", func() error { return w.s.Signal("off", "1") })
		w.do("signal untouchable", func() error { return w.s.Signal("untouchable", "HUP") })
		w.do("send to echo", func() error { return w.s.SendStdin("echo", "hällo\n") })
		w.do("send to off", func() error { return w.s.SendStdin("off", "x") })
		w.do("send to nobody", func() error { return w.s.SendStdin("nobody", "x") })
		w.do("clear echo", func() error { return w.s.ClearLogs("echo") })
		w.do("reopen", w.s.ReopenLogs)
		w.all()
	})
}
