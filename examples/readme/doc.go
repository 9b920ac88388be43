// Package readme holds the programs that the README shows, as tested examples. A test compares the two texts.
package readme
