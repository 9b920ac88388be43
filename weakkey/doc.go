// Package weakkey has keys that may die, and maps whose values die with them.
package weakkey
