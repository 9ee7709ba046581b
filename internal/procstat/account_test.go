package procstat

import (
	"maps"
	"testing"
	"time"
)

// A family: 10 with children 11 and 12, 13 is a grandchild; 20 is alone; 30
// belongs to nobody; 40 and 41 are each other's parent, which a torn look may
// show.
var family = map[int]process{
	1:  {parent: 0, memory: 1},
	10: {parent: 1, born: 1, used: 1 * time.Second, memory: 100},
	11: {parent: 10, born: 2, used: 2 * time.Second, memory: 200},
	12: {parent: 10, born: 3, used: 3 * time.Second, memory: 400},
	13: {parent: 12, born: 4, used: 4 * time.Second, memory: 800},
	20: {parent: 1, born: 5, used: 5 * time.Second, memory: 1600},
	30: {parent: 29, memory: 1},
	40: {parent: 41, memory: 1},
	41: {parent: 40, memory: 1},
}

func TestAccount(t *testing.T) {
	before := maps.Clone(family)
	before[10] = process{born: 1, used: 500 * time.Millisecond}
	before[12] = process{born: 3, used: 2 * time.Second}
	before[20] = process{born: 4, used: time.Second} // another process had this pid
	delete(before, 13)
	usage := account([]int{10, 20, 99}, family, before, 2*time.Second)
	want := map[int]Usage{
		10: {Own: Load{0.25, 100}, Tree: Load{0.75, 1500}, Processes: 4},
		20: {Own: Load{0, 1600}, Tree: Load{0, 1600}, Processes: 1},
	}
	if !maps.Equal(usage, want) {
		t.Errorf("the usage is %+v, want %+v", usage, want)
	}
}

// A program that runs below another counts as its own.
func TestNearestRoot(t *testing.T) {
	usage := account([]int{10, 12}, family, nil, time.Second)
	if usage[10].Processes != 2 || usage[12].Processes != 2 || usage[12].Tree.Memory != 1200 {
		t.Errorf("the usage is %+v", usage)
	}
}
