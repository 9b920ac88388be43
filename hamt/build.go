package hamt

// build returns the canonical node of items, which stand at a place depth bits
// down the trie. It reorders items. Nil if there are none.
func (e *edit[K, V]) build(items []item[K, V], depth uint) *node[K, V] {
	if len(items) == 0 {
		return nil
	}
	if n := e.bucket(items, depth); n != nil {
		return n
	}
	var s slots[K, V]
	e.fill(&s, 0, 0, items, depth)
	return e.pack(&s, len(items))
}

// bucket returns the leaf or group of items, or nil if they need a directory.
func (e *edit[K, V]) bucket(items []item[K, V], depth uint) *node[K, V] {
	if len(items) <= leafLimit[K, V]() {
		return e.leafOf(items)
	}
	if depth < hashBits {
		for i := range items {
			if items[i].hash != items[0].hash {
				return nil
			}
		}
	}
	return e.groupOf(items)
}

// leafOf makes a leaf. It sorts items, and keeps the order of equal hashes. To
// sort by hash is to sort by tag, as a tag is the top of the hash.
func (e *edit[K, V]) leafOf(items []item[K, V]) *node[K, V] {
	for i := 1; i < len(items); i++ {
		if items[i].hash >= items[i-1].hash {
			continue
		}
		it, j := items[i], i
		for ; j > 0 && items[j-1].hash > it.hash; j-- {
			items[j] = items[j-1]
		}
		items[j] = it
	}
	n := e.newLeaf(len(items))
	ents, tags := n.entries(), n.leafTags()
	for i := range ents {
		ents[i] = items[i].entry
		tags.set(i, tagOf(items[i].hash))
	}
	return n
}

// fill places items, which agree in the low u bits of slot number v, in those
// slots of a directory whose own place is depth bits down.
func (e *edit[K, V]) fill(s *slots[K, V], v int, u uint, items []item[K, V], depth uint) {
	if len(items) == 0 {
		put(s[:], v, u, nil)
		return
	}
	if n := e.bucket(items, depth+u); n != nil {
		put(s[:], v, u, n)
		return
	}
	if u == digitBits {
		s[v] = e.build(items, depth+u)
		return
	}
	// Partition by the next bit, zeros first.
	bit := uint64(1) << (depth + u)
	mid := 0
	for i := range items {
		if items[i].hash&bit == 0 {
			items[i], items[mid] = items[mid], items[i]
			mid++
		}
	}
	e.fill(s, v, u+1, items[:mid], depth)
	e.fill(s, v|1<<u, u+1, items[mid:], depth)
}
