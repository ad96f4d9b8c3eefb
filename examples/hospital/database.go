package main

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/spice/source"
)

// A database stands for the hospitals' PostgreSQL: it has one table, and lets in
// who knows the password. With a real one, logIn would be
// sql.Open("pgx", connection.DSN().Reveal()), and rows those of a query.
type database struct {
	mu       sync.Mutex
	password string
}

func newDatabase() *database { return &database{password: "first-Password-7"} }

var errPassword = errors.New("password authentication failed")

// secret is the login as a secret holds it.
func (d *database) secret() (source.Password, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	text, err := json.Marshal(map[string]string{"username": "reader", "password": d.password})
	return source.NewPassword(string(text)), err
}

// setPassword is what an administrator of the database does.
func (d *database) setPassword(password string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.password = password
}

func (d *database) logIn(login source.Login) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if login.Username() != "reader" || login.Password().Reveal() != d.password {
		return errPassword
	}
	return nil
}

// A table is what the dataset is refreshed from. Each refresh asks the data
// source how to log in, which asks for the secret as it is now.
type table struct {
	catalog  *source.Catalog
	database *database
}

// Records logs in and reads all visits.
func (t table) Records(ctx context.Context) (array.RecordReader, error) {
	connection, err := t.catalog.Connection(ctx, "hospital")
	if err != nil {
		return nil, err
	}
	if err := t.database.logIn(connection.Login); err != nil {
		return nil, err
	}
	visits := newVisits()
	defer visits.Release()
	return array.NewRecordReader(visits.Schema(), []arrow.Record{visits})
}
