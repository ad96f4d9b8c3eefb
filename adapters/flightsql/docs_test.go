package flightsql_test

import (
	"context"
	"log"
	"net"

	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/embed"
)

// serve is the code of docs/flight-sql.md.
func serve(ctx context.Context, store *spice.Store, sessions *embed.Server, records audit.Sink) error {
	server, err := flightsql.NewServer(store, flightsql.Plain{}, &flightsql.Options{Embed: sessions, Audit: records})
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:32010")
	if err != nil {
		log.Fatal(err)
	}
	err = server.Serve(ctx, listener)
	return err
}

var _ = serve
