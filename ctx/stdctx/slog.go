package stdctx

import (
	"context"
	"log/slog"
	"slices"

	"github.com/strata-go/strata/ctx"
)

// A LogAttr names a variable whose value is to be logged: see Attr and List.
type LogAttr struct {
	key string
	get func(s ctx.Snapshot) (slog.Value, bool)
}

// Redacted is what is logged in place of a redacted variable's value.
const Redacted = "[redacted]"

// Attr logs the variable under key where it is set; defaults are not logged. Of
// a redacted variable only the fact that it is set is logged.
func Attr[T any](key string, v ctx.Var[T]) LogAttr {
	return LogAttr{key, func(s ctx.Snapshot) (slog.Value, bool) {
		x, ok := v.In(s)
		if ok && v.Redacted() {
			return slog.StringValue(Redacted), true
		}
		return slog.AnyValue(x), ok
	}}
}

// List logs the elements of a stack variable, outermost first, where there are
// any.
func List[T any](key string, v ctx.StackVar[T]) LogAttr {
	return LogAttr{key, func(s ctx.Snapshot) (slog.Value, bool) {
		if _, ok := v.In(s); !ok || v.Redacted() {
			return slog.StringValue(Redacted), ok
		}
		return slog.AnyValue(slices.Collect(v.AllIn(s))), true
	}}
}

// LogHandler is a slog.Handler that adds variables to each record. Make one with
// NewLogHandler. It is as safe for concurrent use as the handler it wraps.
type LogHandler struct {
	full  slog.Handler // with what WithAttrs and WithGroup added
	base  slog.Handler // without what came since the first group
	since []func(slog.Handler) slog.Handler
	attrs []LogAttr
}

// NewLogHandler returns a handler that passes records on to h, with the given
// variables as they are in the Context of the log call:
//
//	log := slog.New(stdctx.NewLogHandler(h, stdctx.Attr("user", User)))
//	log.InfoContext(c, "done")                       // in code that has a Context
//	log.InfoContext(st.Snapshot().Context(c), "done") // in code that has a State
//
// They stand at the top level of the record, outside of groups that WithGroup
// opened. A call without a Context, log.Info, adds nothing.
func NewLogHandler(h slog.Handler, attrs ...LogAttr) *LogHandler {
	return &LogHandler{full: h, base: h, attrs: slices.Clone(attrs)}
}

// Enabled reports whether the wrapped handler handles the level.
func (h *LogHandler) Enabled(c context.Context, level slog.Level) bool {
	return h.full.Enabled(c, level)
}

// Handle passes r on with the variables. Inside a group that costs a WithAttrs
// and a WithGroup of the wrapped handler for each record that has variables.
func (h *LogHandler) Handle(c context.Context, r slog.Record) error {
	var room [4]slog.Attr
	found := room[:0]
	if s := snapshotOf(c); s != (ctx.Snapshot{}) {
		for _, a := range h.attrs {
			if x, ok := a.get(s); ok {
				found = append(found, slog.Attr{Key: a.key, Value: x})
			}
		}
	}
	if len(found) == 0 {
		return h.full.Handle(c, r)
	}
	if len(h.since) == 0 {
		r = r.Clone()
		r.AddAttrs(found...)
		return h.full.Handle(c, r)
	}
	full := h.base.WithAttrs(slices.Clone(found))
	for _, f := range h.since {
		full = f(full)
	}
	return full.Handle(c, r)
}

// snapshotOf allows the nil Context that some callers of slog pass.
func snapshotOf(c context.Context) ctx.Snapshot {
	if c == nil {
		return ctx.Snapshot{}
	}
	return ctx.FromContext(c)
}

// WithAttrs returns a handler that adds attrs to each record.
func (h *LogHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if len(attrs) == 0 {
		return h
	}
	if len(h.since) == 0 {
		with := h.full.WithAttrs(attrs)
		return &LogHandler{full: with, base: with, attrs: h.attrs}
	}
	return h.then(func(inner slog.Handler) slog.Handler { return inner.WithAttrs(attrs) })
}

// WithGroup returns a handler that puts what records bring into a group.
func (h *LogHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return h.then(func(inner slog.Handler) slog.Handler { return inner.WithGroup(name) })
}

func (h *LogHandler) then(f func(slog.Handler) slog.Handler) *LogHandler {
	return &LogHandler{f(h.full), h.base, append(slices.Clip(h.since), f), h.attrs}
}
