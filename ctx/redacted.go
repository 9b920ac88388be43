package ctx

// Redacted reports whether the variable was made with the option Redact: what
// formats, logs or sends values leaves this one out.
func (v Var[T]) Redacted() bool { return v.must().c.flags&flagRedact != 0 }

// Redacted reports whether the variable was made with the option Redact.
func (v StackVar[T]) Redacted() bool { return v.must().c.flags&flagRedact != 0 }
