// Package journal keeps what the next daemon has to know in order to take back
// the children of this one, should it be killed: a small store of keys and
// values in a file that is mapped into memory.
//
// It owns a folder of its own and the file in it; it does not know what the
// entries mean. It promises that
//
//   - to store is to write to memory, so the loop may do it: no disk is waited
//     for, but when the file has to grow, which it does by doubling; the state
//     survives the process, not the machine;
//   - all changes of one Store are there or none of them, at whatever
//     instruction the process is killed;
//   - nothing is taken from a file that another user could have written, that
//     has another version, that is broken, or that is in use;
//   - a file that cannot grow, or is not there any more where it is written to,
//     makes the journal void, which is reported once, and nothing else.
package journal
