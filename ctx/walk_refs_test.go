package ctx

import (
	"fmt"
	"reflect"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"unsafe"
	"weak"

	"github.com/strata-go/strata/internal/keys"
)

// A refs walk looks for a path of references from a root to a target object, as
// the collector would, but at once and with the path to show. It follows
// pointers, slices to their capacity, maps and interfaces by reflection. Where
// ctx has untyped pointers it knows what is behind them:
//
//	*keys.Head        a mask, a join, or the Box of a variable named in boxes
//	Snapshot.root     a keys.Trie
//	atomic.Pointer    its element type
//	hamt nodes        by their entries, when the layout is an untyped one
//
// An untyped pointer that it does not know fails the test, so that a new one
// cannot hide a leak. Functions and variables are not followed: what they hold
// is their owner's. Two things prove that the walk looks: each use has a pinning
// variant that must be found, and the collector is asked as well.
type refs struct {
	t      *testing.T
	target unsafe.Pointer
	boxes  map[keys.ID]reflect.Type
	seen   map[object]bool
	found  string
}

// object is a place already walked.
type object struct {
	p unsafe.Pointer
	t reflect.Type
}

var (
	headType    = reflect.TypeFor[keys.Head]()
	trieType    = reflect.TypeFor[keys.Trie]()
	builderType = reflect.TypeFor[keys.TrieBuilder]()
	snapType    = reflect.TypeFor[Snapshot]()
)

// path returns a path from one of the roots (pointers) to target, "" for none.
func (r *refs) path(target unsafe.Pointer, roots ...any) string {
	r.target, r.seen, r.found = target, map[object]bool{}, ""
	for _, root := range roots {
		v := reflect.ValueOf(root)
		if v.Kind() != reflect.Pointer {
			r.t.Fatalf("root %T is no pointer", root)
		}
		r.walk(v, v.Elem().Type().String())
	}
	return r.found
}

func (r *refs) walk(v reflect.Value, path string) {
	if r.found != "" {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		r.pointer(v.UnsafePointer(), v.Type().Elem(), path)
	case reflect.Struct:
		r.structure(v, path)
	case reflect.Interface:
		if !v.IsNil() {
			e := v.Elem()
			if e.Kind() != reflect.Pointer {
				c := reflect.New(e.Type()).Elem()
				quietly(func() { c.Set(e) })
				e = c
			}
			r.walk(e, path+"."+e.Type().String())
		}
	case reflect.Slice:
		if v.Cap() == 0 {
			return
		}
		if p := v.UnsafePointer(); p == r.target {
			r.found = path
			return
		}
		all := reflect.NewAt(reflect.ArrayOf(v.Cap(), v.Type().Elem()), v.UnsafePointer()).Elem()
		r.walk(all, path)
	case reflect.Array:
		if flat(v.Type().Elem()) {
			return
		}
		for i := range v.Len() {
			r.walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			r.walk(it.Value(), path+"[…]")
		}
	case reflect.UnsafePointer:
		if !v.IsNil() {
			r.t.Fatalf("untyped pointer at %s: teach the walk what is behind it", path)
		}
	}
}

// quietly runs f; values of unexported types cannot be copied.
func quietly(f func()) { defer func() { _ = recover() }(); f() }

func flat(t reflect.Type) bool {
	return t.Kind() <= reflect.Complex128 && t.Kind() != reflect.Invalid && t.Kind() != reflect.Uintptr || t.Kind() == reflect.Func
}

func (r *refs) pointer(p unsafe.Pointer, elem reflect.Type, path string) {
	if p == nil {
		return
	}
	if p == r.target {
		r.found = path
		return
	}
	if elem == headType {
		r.head((*keys.Head)(p), path)
		return
	}
	if strings.HasPrefix(elem.Name(), "variable[") || strings.HasPrefix(elem.Name(), "stackVariable[") || elem.Name() == "core" {
		return
	}
	at := object{p, elem}
	if r.seen[at] {
		return
	}
	r.seen[at] = true
	r.walk(reflect.NewAt(elem, p).Elem(), path)
}

func (r *refs) structure(v reflect.Value, path string) {
	t := v.Type()
	switch {
	case t == snapType:
		p := v.Field(0).UnsafePointer()
		if p != nil {
			r.trie(*(*keys.Trie)(unsafe.Pointer(&p)), path)
		}
		return
	case t == trieType && v.CanAddr():
		r.trie(*(*keys.Trie)(v.Addr().UnsafePointer()), path)
		return
	case t == builderType && v.CanAddr():
		for index, h := range (*keys.TrieBuilder)(v.Addr().UnsafePointer()).All() {
			r.head(h, fmt.Sprintf("%s[%d]", path, index))
		}
		r.layout(v, path)
		return
	case t.PkgPath() == "sync/atomic" && strings.HasPrefix(t.Name(), "Pointer["):
		elem := t.Field(0).Type.Elem().Elem() // _ [0]*T
		if elem.Kind() == reflect.Uint8 {     // Env.root: a Snapshot
			if p := v.Field(2).UnsafePointer(); p != nil {
				r.trie(*(*keys.Trie)(unsafe.Pointer(&p)), path)
			}
			return
		}
		r.pointer(v.Field(2).UnsafePointer(), elem, path)
		return
	}
	for i := range t.NumField() {
		r.walk(v.Field(i), path+"."+t.Field(i).Name)
	}
}

func (r *refs) trie(m keys.Trie, path string) {
	for index, h := range m.All() {
		r.head(h, fmt.Sprintf("%s[%d]", path, index))
	}
	r.layout(reflect.ValueOf(&m).Elem(), path)
}

// layout walks the nodes themselves, with what their spare slots still hold, if
// they are typed.
func (r *refs) layout(v reflect.Value, path string) {
	for _, f := range v.Fields() {
		if f.Kind() == reflect.Pointer && typed(f.Type(), map[reflect.Type]bool{}) {
			r.walk(f, path+".nodes")
		}
	}
}

// typed reports whether a walk from t meets no untyped pointer.
func typed(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] || t == headType {
		return true
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.UnsafePointer:
		return false
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return typed(t.Elem(), seen)
	case reflect.Struct:
		for field := range t.Fields() {
			if !typed(field.Type, seen) {
				return false
			}
		}
	}
	return true
}

func (r *refs) head(h *keys.Head, path string) {
	if h == nil || r.found != "" || isMask(h) {
		return
	}
	if j := asJoin(h); j != nil {
		r.head(j.below, path+".below")
		r.head(j.above, path+".above")
		return
	}
	if t := r.boxes[h.ID]; t != nil {
		r.pointer(unsafe.Pointer(h), t, path)
	}
}

// knows tells the walk what the boxes of a static variable hold.
func knows[T any](r *refs, v Var[T]) { r.boxes[v.v.c.id] = reflect.TypeFor[keys.Box[T]]() }

func knowsStack[T any](r *refs, v StackVar[T]) {
	r.boxes[v.v.c.id] = reflect.TypeFor[keys.Box[segment[T]]]()
}

func newRefs(t *testing.T) *refs { return &refs{t: t, boxes: map[keys.ID]reflect.Type{}} }

// dead reports whether the object behind p is gone after at most n collections.
func dead[T any](p weak.Pointer[T], n int) bool {
	for range n {
		collect()
		if p.Value() == nil {
			return true
		}
	}
	return false
}

// collect runs one collection and waits, within a bound, until the cleanups
// that it queued have run.
func collect() {
	runtime.GC()
	s := []metrics.Sample{{Name: "/gc/cleanups/queued:cleanups"}, {Name: "/gc/cleanups/executed:cleanups"}}
	for range 1 << 20 {
		metrics.Read(s)
		if s[0].Value.Uint64() == s[1].Value.Uint64() {
			return
		}
		runtime.Gosched()
	}
}
