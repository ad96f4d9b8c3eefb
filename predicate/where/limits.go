package where

// Limits are the limits of an engine for one statement with default settings.
// The file of each dialect names the source. 0 means no known limit.
type Limits struct {
	Args int // arguments
	Text int // bytes of the statement
	Arg  int // bytes of one argument
	List int // values of one IN

	// Bound means that arguments count as text of the statement, because
	// drivers write them into it or because text and arguments share a packet.
	Bound bool
}
