// Package migrate shows the step from context.WithValue to a variable: package
// before, package after, and tests that neither other contexts nor callers see a
// difference. docs/from-context-value.md tells the rest.
package migrate
