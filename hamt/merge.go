package hamt

// Conflict is a key that two descendants of one map changed in different ways:
// its values in the three maps, and in which of them it is.
type Conflict[K comparable, V any] struct {
	Key                      K
	Base, Ours, Theirs       V
	InBase, InOurs, InTheirs bool
}

// Merge3 returns ours with the changes that lead from base to theirs. A key
// that ours and theirs changed in the same way, or only one of them changed, is
// no conflict. For any other key, conflict is called once and returns the value
// for the result, keep false to leave the key out, or ok false to leave it
// unresolved. If keys stay unresolved, or conflict is nil and there are any,
// Merge3 returns ours and a *[ConflictError] with these keys.
//
// It takes O(k log n) time for k changes from base to theirs, if these share
// their nodes as versions do. The result is ours itself if nothing changes it,
// and theirs itself if ours is base. Otherwise keys are kept
// as ours has them, and so are keys such as NaN, which no edit can name.
func Merge3[K, V comparable](base, ours, theirs Map[K, V], conflict func(Conflict[K, V]) (value V, keep, ok bool)) (Map[K, V], error) {
	return Merge3Func(base, ours, theirs, func(x, y V) bool { return x == y }, conflict)
}

// Merge3Func is [Merge3] with values compared by eq.
func Merge3Func[K comparable, V any](base, ours, theirs Map[K, V], eq func(x, y V) bool, conflict func(Conflict[K, V]) (value V, keep, ok bool)) (Map[K, V], error) {
	if ours.Same(base) && hasherOf(ours.root) == hasherOf(theirs.root) {
		return theirs, nil
	}
	b := ours.Builder()
	var unresolved []K
	for change := range base.DiffFunc(theirs, eq) {
		c := Conflict[K, V]{
			Key:  change.Key,
			Base: change.Old, InBase: change.Op != Added,
			Theirs: change.New, InTheirs: change.Op != Removed,
		}
		c.Ours, c.InOurs = ours.Get(c.Key)
		value, keep, ok := c.Theirs, c.InTheirs, true
		switch {
		case agree(c.InOurs, c.InTheirs, c.Ours, c.Theirs, eq):
			continue
		case agree(c.InOurs, c.InBase, c.Ours, c.Base, eq):
		case conflict == nil:
			ok = false
		default:
			value, keep, ok = conflict(c)
		}
		switch {
		case !ok:
			unresolved = append(unresolved, c.Key)
		case keep:
			b.Set(c.Key, value)
		default:
			b.Delete(c.Key)
		}
	}
	if unresolved != nil {
		return ours, &ConflictError[K]{unresolved}
	}
	return b.Map(), nil
}

// agree reports whether a key is absent on both sides or equal on both.
func agree[V any](inX, inY bool, x, y V, eq func(x, y V) bool) bool {
	return inX == inY && (!inX || eq(x, y))
}
