package supervisord

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// Regression: in the foreground, what a listener said instead of a result could
// retitle the terminal of whoever had started the daemon, as it stood in the log.
func TestLogOnTerminal(t *testing.T) {
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	defer user.Close()
	if err := unix.IoctlSetPointerInt(int(user.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(user.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()

	const line = "WARN bad: bad result line: '\x1b]0;pwned\a \x1b[31mred\x1b[0m'\n"
	if _, err := io.WriteString(shown(program), line); err != nil {
		t.Fatal(err)
	}
	const want = "WARN bad: bad result line: '^[]0;pwned^G \x1b[31mred\x1b[0m'\r\n"
	if got, err := bufio.NewReader(user).ReadString('\n'); err != nil || got != want {
		t.Errorf("the terminal gets %q, %v; want %q", got, err, want)
	}
	if shown(io.Discard) != io.Discard {
		t.Error("what is no terminal gets something else")
	}
}
