package fuzz

import (
	"encoding/binary"
)

// Limits of a program: larger inputs are cut, so that no input takes long.
const (
	MaxBytes = 64 << 10
	MaxSteps = 4096
)

// Input reads a program from bytes. When the bytes are used up every read gives
// zero, so any prefix of a program is a program.
type Input struct {
	data  []byte
	steps int
}

// NewInput returns an Input over the first MaxBytes of data.
func NewInput(data []byte) *Input { return &Input{data: data[:min(len(data), MaxBytes)]} }

// Step reports whether the program goes on: there are bytes left, and it has
// not taken MaxSteps steps. Call it once before each step.
func (in *Input) Step() bool {
	in.steps++
	return in.More()
}

// More reports what Step does, without taking a step.
func (in *Input) More() bool { return len(in.data) > 0 && in.steps <= MaxSteps }

// Byte reads one byte.
func (in *Input) Byte() byte {
	if len(in.data) == 0 {
		return 0
	}
	b := in.data[0]
	in.data = in.data[1:]
	return b
}

// N reads a number in [0, n), from one byte for n up to 256, otherwise from two.
func (in *Input) N(n int) int {
	x := int(in.Byte())
	if n > 256 {
		x |= int(in.Byte()) << 8
	}
	return x % n
}

// Bool reads a truth value from one byte.
func (in *Input) Bool() bool { return in.Byte()&1 != 0 }

// Uint64 reads eight bytes.
func (in *Input) Uint64() uint64 {
	var b [8]byte
	copy(b[:], in.Bytes(8))
	return binary.LittleEndian.Uint64(b[:])
}

// Bytes reads up to n bytes. The result is a part of the input.
func (in *Input) Bytes(n int) []byte {
	n = min(n, len(in.data))
	b := in.data[:n]
	in.data = in.data[n:]
	return b
}
