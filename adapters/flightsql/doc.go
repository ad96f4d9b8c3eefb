// Package flightsql serves the datasets of a store to any language over Arrow Flight
// SQL: ADBC drivers, the JDBC driver, and Flight SQL clients of every kind.
//
//	server, err := flightsql.NewServer(store, flightsql.Plain{}, &flightsql.Options{Embed: sessions, Audit: log})
//	err = server.Serve(ctx, listener)
//
// # Login
//
// A client sends a bearer token with each call. The token of an embedded session
// ([embed.Server]) is one. A registered user logs in with a name and a password
// ([Login]), and the handshake answers with a bearer token. Calls without a token are
// refused, and so is every call if [Options] name no way to log in.
//
// # What a session reaches
//
// Catalog calls list the datasets that the session may open, with the columns that it
// sees. A statement runs in an [Engine], which gets those datasets as a [Table] each,
// and nothing else: every row goes through the rules of its dataset and leaves an
// audit record. Prepared statements keep the text and the parameters, and no result:
// rules, columns and rows are looked at anew by each schema call and each execution.
//
// Two engines exist. [Plain] is pure Go and knows SELECT of one dataset: columns with
// a condition, a page of rows in an order, or groups with measures as in package query.
// The module adapters/flightsql/flightduck runs free SQL in DuckDB.
//
// # Handles
//
// A ticket or a prepared statement is 32 random bytes. The server keeps what it stands
// for, with the session that made it. A ticket works once and for a minute. The
// handle of another session is answered like one that does not exist.
//
// # What ends a stream
//
// Before each record the server asks again whether the session lives and whether the
// datasets of the statement can be opened. A revoked session, its end, a disabled
// key, a dataset that is gone and a closed store end the stream with an error.
//
// # Errors
//
// Errors hold no value of a row. What an engine says about the text of a statement is
// passed on, because it is found out where there are no rows. Every other error is
// one of a few constant texts, and the reason goes to Options.Logger.
package flightsql
