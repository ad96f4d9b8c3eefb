// Package serve shows rowsight studio on a page of this machine.
//
// Only the browser that was given the address gets answers:
//
//		address with a token, once ──► cookie, SameSite=Strict ──► questions
//
//	  - The server listens on 127.0.0.1 only, and answers only requests for this
//	    host and port, so that a host name that was made to point here gets nothing.
//	  - The token of the address works once. Later requests need the cookie.
//	  - A question needs a header that other sites cannot send without asking first,
//	    and asking is refused. A request of another origin is refused.
//	  - Other users of the machine are not kept out by all of this. They can see the
//	    address in the arguments of the program that opens the browser, until the
//	    page is open, and a server of theirs on another port of 127.0.0.1 gets the
//	    cookie if this browser visits it: cookies know hosts and no ports.
//	  - The page runs scripts and styles of the server only, and connects to nothing
//	    else.
package serve
