package where

// Limits are what an engine takes in one statement, in its default settings;
// the comment in each dialect's file names the source. 0 is no limit that is
// known.
type Limits struct {
	Args  int  // arguments that are bound
	Text  int  // bytes of the statement; where the driver writes arguments into it, with them
	Arg   int  // bytes of one argument
	List  int  // values of one IN
	Bound bool `json:"-"` // arguments count as text
}
