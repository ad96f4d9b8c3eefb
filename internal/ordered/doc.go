// Package ordered has an index that keeps things in the order of their names, for
// lists that are handed out in pages.
package ordered
