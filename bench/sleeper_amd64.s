//go:build linux

#include "textflag.h"

// The sleeper tells the named pipe whose path lies at 0x400078 its pid, in
// eight bytes, and then sleeps until a signal ends it. It is copied into a
// program of its own, so it must not refer to any other symbol.
//
// func sleeper()
TEXT ·sleeper(SB), NOSPLIT|NOFRAME, $0
	MOVL $2, AX // open(path, O_WRONLY|O_NONBLOCK)
	MOVL $0x400078, DI
	MOVL $0x801, SI
	SYSCALL
	MOVQ AX, R12
	MOVL $39, AX // getpid()
	SYSCALL
	MOVQ AX, 0(SP)
	MOVL $1, AX // write(fd, SP, 8)
	MOVQ R12, DI
	MOVQ SP, SI
	MOVL $8, DX
	SYSCALL
	MOVL $3, AX // close(fd)
	MOVQ R12, DI
	SYSCALL
sleep:
	MOVL $34, AX // pause()
	SYSCALL
	JMP  sleep

// func sleeperText() *byte
TEXT ·sleeperText(SB), NOSPLIT, $0-8
	LEAQ ·sleeper(SB), AX
	MOVQ AX, ret+0(FP)
	RET
