//go:build race

package chaos

// raceDetector says whether the tests were built with the race detector; the
// programs that they run are then built with it too.
const raceDetector = true
