package where

// temp says how a dialect makes a table for values.
type temp struct {
	create, drop string
	rows         int
}
