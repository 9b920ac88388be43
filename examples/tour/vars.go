package main

import (
	"errors"
	"slices"
)

// vars is the plain context that both controls use: for each variable the blocks that are in force.
type vars map[*variable][]*block

var errOrder = errors.New("another block is on top")

// enter puts b in force. leave, called with the context of the moment, puts an ordinary variable back to what it was,
// and takes b off a stack: an error when it is not on top, as in trio.
func (c vars) enter(b *block) (leave func(now vars) error) {
	before := c[b.v]
	if !b.v.stack {
		c[b.v] = []*block{b}
		return func(now vars) error { now[b.v] = before; return nil }
	}
	c[b.v] = append(slices.Clip(before), b)
	return func(now vars) error {
		list := now[b.v]
		now[b.v] = slices.DeleteFunc(slices.Clone(list), func(x *block) bool { return x == b })
		if len(list) == 0 || list[len(list)-1] != b {
			return errOrder
		}
		return nil
	}
}

// lookup skips scopes that were left: a scope knows that much by itself.
func (c vars) lookup(v *variable) []*block {
	return slices.DeleteFunc(slices.Clone(c[v]), func(b *block) bool { return v.stack && b.left })
}
