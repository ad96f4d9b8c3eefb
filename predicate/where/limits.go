package where

// Limits are what an engine takes in one statement, in its default settings; the
// comment in the file of each dialect names the source. 0 is no limit that is
// known.
type Limits struct {
	Args int // arguments
	Text int // bytes of the statement
	Arg  int // bytes of one argument
	List int // values of one IN

	// Bound says that arguments count as text, because drivers write them into
	// it or because text and arguments share a packet.
	Bound bool
}
