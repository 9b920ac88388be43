package main

// place is where user code is called from: one for each row of the table in the
// package's documentation.
type place byte

const (
	// hamt
	atHash place = iota
	atEqual
	atUnion
	atConflict
	atSame
	atUpdate
	atCell
	atFilter
	atMapped
	atMapLoop
	atDiffLoop
	atCollect
	atText
	// weakkey
	atKeyLoop
	// ctx
	atGuard
	atWatch
	atCopy
	atDefault
	atFold
	atVarUpdate
	atBlock
	atRun
	atHandle
	atTask
	atDefer
	atStackLoop
	atListLoop
	atForeign
	atTB
	atTBCleanup
	// seq
	atBody
	atBodyDefer
	atPush
	atLoop
	atStage
	atSource
	atSourceClose
	// scope
	atScope
	atScopeLoop
	atGroup
	// stdctx
	atSetter
	atHandler
	atLog
	atProfile
	atWork
	// wire
	atCodec

	places
)

var placeNames = [places]string{
	"Hash", "Equal", "Union's resolve", "Merge3's conflict", "eq", "Update", "Cell.Update", "Filter", "MapValues",
	"loop over a map", "loop over Diff", "sequence for Collect", "text of a key",
	"loop over keys",
	"Guard", "OnChange", "Copy", "DefaultFunc", "fold", "Var.Update", "With", "Run", "callback", "Go", "deferred call",
	"loop over a stack", "loop over variables", "foreign context", "TB", "cleanup of TB",
	"generator body", "deferred call of a body", "push iterator", "loop over a generator", "function of Map", "Source.Next", "Source.Close",
	"scope", "loop over scopes", "task of a scope",
	"Setter", "Handler", "slog.Handler", "Profile", "task of a Group",
	"Codec",
}

func (p place) String() string { return placeNames[p] }

// readsOnly are the places whose calls may not edit: a hasher that edits the
// builder it is called from breaks the rules of any map, and the result of a
// fold may depend on its arguments only.
func (p place) readsOnly() bool { return p == atHash || p == atEqual || p == atFold }

// deferred are the places that are called also while a panic is on its way.
func (p place) deferred() bool {
	return p == atDefer || p == atBodyDefer || p == atSourceClose || p == atTBCleanup
}
