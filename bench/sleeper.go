//go:build linux && (amd64 || arm64)

package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"unsafe"
)

// sleeper is the supervised program, in assembler. It is never called here.
//
//lint:ignore U1000 it is what sleeperText returns
func sleeper()

// sleeperText returns the beginning of its code.
func sleeperText() *byte

// Where things are in the sleeper's file, and in its memory from sleeperBase on.
const (
	sleeperBase = 0x400000
	pathOffset  = 64 + 56 // behind the two headers; the code knows it
	pathRoom    = 256
	codeOffset  = pathOffset + pathRoom
	codeSize    = 192 // at least that of the code
)

// writeSleeper writes a program that reports its pid to a named pipe and then
// sleeps. It is a file of half a kilobyte, so that executing it costs as little
// as the system allows and what is measured is the supervisor.
func writeSleeper(file, pipe string) error {
	if len(pipe) >= pathRoom {
		return fmt.Errorf("cannot build the sleeper: the path %s is too long", pipe)
	}
	const size = codeOffset + codeSize
	machine := elf.EM_X86_64
	if runtime.GOARCH == "arm64" {
		machine = elf.EM_AARCH64
	}
	header := elf.Header64{
		Type: uint16(elf.ET_EXEC), Machine: uint16(machine), Version: uint32(elf.EV_CURRENT),
		Entry: sleeperBase + codeOffset, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1,
	}
	copy(header.Ident[:], elf.ELFMAG)
	header.Ident[elf.EI_CLASS] = byte(elf.ELFCLASS64)
	header.Ident[elf.EI_DATA] = byte(elf.ELFDATA2LSB)
	header.Ident[elf.EI_VERSION] = byte(elf.EV_CURRENT)
	segment := elf.Prog64{
		Type: uint32(elf.PT_LOAD), Flags: uint32(elf.PF_R | elf.PF_X),
		Vaddr: sleeperBase, Paddr: sleeperBase, Filesz: size, Memsz: size, Align: 0x10000,
	}
	var image bytes.Buffer
	for _, part := range []any{header, segment} {
		if err := binary.Write(&image, binary.LittleEndian, part); err != nil {
			return fmt.Errorf("cannot build the sleeper: %w", err)
		}
	}
	path := make([]byte, pathRoom)
	copy(path, pipe)
	image.Write(path)
	image.Write(unsafe.Slice(sleeperText(), codeSize))
	return os.WriteFile(file, image.Bytes(), 0o755)
}
