package keys

import (
	"sync/atomic"
	"unsafe"
)

// Stamp notes on h, made by Wrap and not yet seen by anybody else, the number
// of a period in which h is private to a level. DiscardIf compares it. For a
// static key and for values that sit in their box it does nothing.
func (k *Key[T]) Stamp(h *Head, period uint64) {
	if h != nil && h.ID == k.Entries() {
		(*entry)(unsafe.Pointer(h)).stamp = period
	}
}

// DiscardIf is Discard for an h whose stamp is period, which is not 0.
func (k *Key[T]) DiscardIf(w *Writer, h *Head, period uint64) {
	if period == 0 || h == nil || h.ID != k.Entries() {
		return
	}
	if e := (*entry)(unsafe.Pointer(h)); e.stamp == period {
		e.stamp = 0
		k.Discard(w, h)
	}
}

// Owned returns where the value is that h, which begins an entry, owns now: nil
// when the key's side has it. It is for a head whose ID was compared with Entries,
// leaves no trace of the use, and is one load: what repeats a read may ask it,
// and calls Unwrap when it gets nil.
func Owned(h *Head) unsafe.Pointer {
	return atomic.LoadPointer(&(*entry)(unsafe.Pointer(h)).owner)
}

// Inline reports whether values sit in their Box although the key is
// collectable: what a cache holds for such a key is read as for a static one,
// as long as the key was not released.
func (k *Key[T]) Inline() bool { return k.core != nil && k.record.state.Load()&inline != 0 }
