//go:build !linux

package keeper

// Keeper never has a process here.
type Keeper struct{}

// New returns a Keeper that does nothing.
func New(Options) *Keeper { return &Keeper{} }

// Supply does nothing.
func (*Keeper) Supply(func(*Line)) {}

// Find finds nothing.
func (*Keeper) Find() bool { return false }

// Ask finds nothing.
func (*Keeper) Ask(string) (Held, bool) { return Held{}, false }

// Do does nothing.
func (*Keeper) Do(func(*Line)) {}

// Forget does nothing.
func (*Keeper) Forget(...string) {}

// Freeze does nothing.
func (*Keeper) Freeze() {}

// Thaw does nothing.
func (*Keeper) Thaw() {}

// End does nothing.
func (*Keeper) End() {}

// Leave does nothing.
func (*Keeper) Leave() {}
