// Package asan stands in for internal/asan, which only the standard library may
// import.
package asan

// Enabled is false: the contract test does not run under the address sanitizer.
const Enabled = false
