package supervisord

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"supervisor/internal/config"
	"supervisor/internal/httpd"
	"supervisor/internal/launch"
	"supervisor/internal/logfile"
	"supervisor/internal/spawn"
	"supervisor/internal/supervisor"
	"supervisor/internal/upgrade"
)

// imageVersion is the version of the image that this program writes and reads. A
// field more is no new version: whoever does not know it passes it over, and
// whoever misses it finds nothing. What means something else than before is.
const imageVersion = 1

// image is all that one supervisord hands over to the next in an upgrade.
type image struct {
	Version int
	Program programImage
	Config  *config.Config // with which the life began; its groups are in Loop
	Loop    supervisor.Image
	Edge    launch.Image
	HTTP    httpd.Image
	Log     *logfile.Image `json:",omitempty"` // the activity log; nil: there is no file
}

// programImage is the daemon as a process.
type programImage struct {
	Args      []string
	File      string           // the configuration file, as far as the command line named one
	Origin    string           // the file of the program that is to go on
	Before    string           // and of the one that hands over
	Mask      spawn.SignalMask // what children have blocked
	Inherited []int            // the descriptors that the first program was started with
	PIDFile   bool             // it has been written, and is removed at the end
	Upgrades  int              // so far
	Started   time.Time        // when the first program began; zero, if the one before did not know
}

// encode writes the image down.
func (i *image) encode() ([]byte, error) {
	text, err := json.Marshal(i)
	if err != nil {
		return nil, fmt.Errorf("cannot write the image: %w", err)
	}
	// JSON is text: what is none has been replaced, and this is how that looks, unless
	// it is an escaped backslash and what happens to follow it.
	if bytes.Contains(bytes.ReplaceAll(text, []byte(`\\`), nil), []byte(`\ufffd`)) {
		return nil, errors.New("cannot write the image: a text of the configuration or the command line is no UTF-8")
	}
	return text, nil
}

// inMemory writes the image down into memory that another program can be given.
func (i *image) inMemory() (memory *os.File, text []byte, err error) {
	if text, err = i.encode(); err != nil {
		return nil, nil, err
	}
	memory, err = upgrade.Memory(text)
	return memory, text, err
}

// decode reads what encode has written, in this version of the program or another.
func decode(text []byte) (*image, error) {
	var version struct{ Version int }
	if err := json.Unmarshal(text, &version); err != nil {
		return nil, fmt.Errorf("cannot read the image: %w", err)
	}
	if version.Version != imageVersion {
		return nil, fmt.Errorf("cannot read the image: it has version %d, and this program reads version %d", version.Version, imageVersion)
	}
	i := new(image)
	if err := json.Unmarshal(text, i); err != nil {
		return nil, fmt.Errorf("cannot read the image: %w", err)
	}
	switch {
	case i.Config == nil:
		return nil, errors.New("cannot read the image: it has no configuration")
	case len(i.Program.Args) == 0:
		return nil, errors.New("cannot read the image: it has no command line")
	case len(i.Edge.Groups) != len(i.Loop.Groups):
		return nil, errors.New("cannot read the image: it is about two different sets of groups")
	}
	if err := i.Loop.Check(); err != nil {
		return nil, fmt.Errorf("cannot go on from the image: %w", err)
	}
	return i, nil
}

// descriptors returns all that must stay open for the image to mean anything.
func (i *image) descriptors() []int {
	fds := slices.Concat(i.Edge.Descriptors(), i.HTTP.Descriptors(), i.Program.Inherited)
	if i.Log != nil {
		fds = append(fds, i.Log.FD)
	}
	return fds
}
