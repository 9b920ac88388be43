package keys

import "unsafe"

// Stamp notes on h, made by Wrap and not yet seen by anybody else, the number
// of a period in which h is private to a level. DiscardIf compares it. For a
// static key and for values that sit in their box it does nothing.
func (k *Key[T]) Stamp(h *Head, period uint64) {
	if k.core != nil && k.record.state.Load()&inline == 0 && h != nil && h.ID == k.id {
		(*entry)(unsafe.Pointer(h)).stamp = period
	}
}

// DiscardIf is Discard for an h whose stamp is period, which is not 0.
func (k *Key[T]) DiscardIf(w *Writer, h *Head, period uint64) {
	if period == 0 || k.core == nil || h == nil || h.ID != k.id || k.record.state.Load()&inline != 0 {
		return
	}
	if e := (*entry)(unsafe.Pointer(h)); e.stamp == period {
		e.stamp = 0
		k.Discard(w, h)
	}
}

// Load is Unwrap for a collectable key, one call shorter.
func (k *Key[T]) Load(h *Head) (x T, ok bool) { return k.unwrap(h) }

// Inline reports whether values sit in their Box although the key is
// collectable: what a cache holds for such a key is read as for a static one,
// as long as the key was not released.
func (k *Key[T]) Inline() bool { return k.core != nil && k.record.state.Load()&inline != 0 }
