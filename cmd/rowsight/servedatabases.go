package main

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/rowsight/rowsight/spice/source"
)

var errDSN = errors.New("the data source cannot be used as a connection")

// openDatabase opens the database of a PostgreSQL data source. Every session is
// read-only, whatever custom SQL asks for.
func openDatabase(_ context.Context, n source.Connection) (*sql.DB, error) {
	config, err := pgx.ParseConfig(n.DSN().Reveal())
	if err != nil {
		return nil, errDSN // the text of err may quote the connection
	}
	// A socket of this machine would lend out the identity of this process.
	if network, _ := pgconn.NetworkAddress(config.Host, config.Port); network != "tcp" || len(config.Fallbacks) > 0 {
		return nil, errDSN
	}
	config.RuntimeParams["default_transaction_read_only"] = "on"
	config.RuntimeParams["application_name"] = "rowsight"
	return stdlib.OpenDB(*config), nil
}
