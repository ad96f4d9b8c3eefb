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
//	  - The page runs scripts and styles of the server only, and connects to nothing
//	    else.
package serve
