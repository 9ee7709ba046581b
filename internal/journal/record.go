package journal

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// Change is one entry that is stored, or with a nil value forgotten.
type Change struct {
	Key   string
	Value []byte
}

// A record is one change as it lies in the file:
//
//	4 bytes  the length of the record, a multiple of 8
//	4 bytes  CRC-32 of all that follows
//	4 bytes  the length of the key
//	4 bytes  the length of the value; forgotten: the entry is removed
//	         key, value, and zeros up to the length
//
// Numbers are little-endian.
const (
	recordHead = 16
	forgotten  = 1<<32 - 1
)

var errBroken = errors.New("a record is broken")

// recordSize is how many bytes a change takes in the file.
func recordSize(c Change) int {
	return (recordHead + len(c.Key) + len(c.Value) + 7) &^ 7
}

// putRecord writes a change to the beginning of dst, which has room for it.
func putRecord(dst []byte, c Change) {
	dst = dst[:recordSize(c)]
	clear(dst[len(dst)-8:]) // the padding; the rest of the word is written below
	binary.LittleEndian.PutUint32(dst[0:], uint32(len(dst)))
	binary.LittleEndian.PutUint32(dst[8:], uint32(len(c.Key)))
	length := uint32(forgotten)
	if c.Value != nil {
		length = uint32(len(c.Value))
	}
	binary.LittleEndian.PutUint32(dst[12:], length)
	copy(dst[recordHead:], c.Key)
	copy(dst[recordHead+len(c.Key):], c.Value)
	binary.LittleEndian.PutUint32(dst[4:], crc32.ChecksumIEEE(dst[8:]))
}

// getRecord reads the record at the beginning of src. The value is a part of
// src.
func getRecord(src []byte) (c Change, size int, err error) {
	if len(src) < recordHead {
		return c, 0, errBroken
	}
	size = int(binary.LittleEndian.Uint32(src))
	if size < recordHead || size%8 != 0 || size > len(src) {
		return c, 0, errBroken
	}
	src = src[:size]
	if crc32.ChecksumIEEE(src[8:]) != binary.LittleEndian.Uint32(src[4:]) {
		return c, 0, errBroken
	}
	key, value := int64(binary.LittleEndian.Uint32(src[8:])), int64(binary.LittleEndian.Uint32(src[12:]))
	removed := value == forgotten
	if removed {
		value = 0
	}
	if recordHead+key+value > int64(size) {
		return c, 0, errBroken
	}
	c.Key = string(src[recordHead : recordHead+key])
	if !removed {
		c.Value = src[recordHead+key : recordHead+key+value : recordHead+key+value]
	}
	return c, size, nil
}

// span is where the value of a live entry lies, and what its record takes.
type span struct{ at, length, size int }

// replay reads all records and returns the entries that they leave.
func replay(records []byte) (map[string]span, error) {
	live := make(map[string]span)
	for at := 0; at < len(records); {
		c, size, err := getRecord(records[at:])
		if err != nil {
			return nil, err
		}
		if c.Value == nil {
			delete(live, c.Key)
		} else {
			live[c.Key] = span{at + recordHead + len(c.Key), len(c.Value), size}
		}
		at += size
	}
	return live, nil
}
