// Package serve shows rowsight studio on a page of this machine.
//
// Only the browser that was given the address gets answers:
//
//		address with a token, once ──► cookie, SameSite=Strict, and a key ──► questions
//
//	  - The server listens on 127.0.0.1 only, and answers only requests for this
//	    host and port, so that a host name that was made to point here gets nothing.
//	  - The token of the address works once. Later requests need the cookie.
//	  - A question needs a header with a key, which only the first page gets. The
//	    page keeps it in the storage of its origin. A cookie knows hosts and no ports,
//	    so a server on another port of 127.0.0.1 gets the cookie if this browser
//	    visits it; without the key it is worth nothing.
//	  - Other sites cannot send the header without asking first, and asking is
//	    refused. A request of another origin is refused.
//	  - The command gives the address to the browser in a file that only its owner
//	    can read, not in the arguments of a program, which every user of the machine
//	    can list.
//	  - The page runs scripts and styles of the server only, and connects to nothing
//	    else.
package serve
