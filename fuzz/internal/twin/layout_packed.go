//go:build !purego

package twin

// Layout names the layout of hamt in this build, Other the build tags of the
// other one.
const (
	Layout = "packed"
	Other  = "purego"
)
