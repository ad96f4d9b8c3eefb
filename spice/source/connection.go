package source

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/internal/plain"
)

// A Connection holds the current address and credentials of a database.
type Connection struct {
	Host     string
	Port     int
	Database string
	Login    Login
	// DisableSsl is the setting of the data source. If it is false, the
	// connection must be encrypted and the certificate of the server must be
	// valid.
	DisableSsl bool
}

// Connection returns the connection of a [PostgreSQL] data source, or of a
// [Redshift] one with host and port. It reads the current credentials (K4).
// After a rotation they change, so call Connection for each new connection.
func (c *Catalog) Connection(ctx context.Context, id string) (Connection, error) {
	e, err := c.ready(id)
	if err != nil {
		return Connection{}, err
	}
	n := Connection{DisableSsl: e.SslProperties != nil && e.SslProperties.DisableSsl}
	switch p := e.DataSourceParameters; {
	case p.PostgreSqlParameters != nil:
		n.Host, n.Port, n.Database = p.PostgreSqlParameters.Host, p.PostgreSqlParameters.Port, p.PostgreSqlParameters.Database
	case p.RedshiftParameters != nil && p.RedshiftParameters.Host != "" && p.RedshiftParameters.IAMParameters == nil:
		n.Host, n.Port, n.Database = p.RedshiftParameters.Host, p.RedshiftParameters.Port, p.RedshiftParameters.Database
	default:
		return Connection{}, fmt.Errorf("%w: %s is not reached by host and port", ErrParameters, id)
	}
	if n.Login, err = c.login(ctx, &e); err != nil {
		return Connection{}, err
	}
	if n.Login.IsZero() {
		return Connection{}, fmt.Errorf("%w: %s has none", ErrCredentials, id)
	}
	return n, nil
}

// DSN returns the connection string for drivers of PostgreSQL, with the
// password: host='…' port=… dbname='…' user='…' password='…' sslmode=….
func (n Connection) DSN() Password {
	mode := "verify-full"
	if n.DisableSsl {
		mode = "disable"
	}
	return NewPassword(fmt.Sprintf("host='%s' port=%s dbname='%s' user='%s' password='%s' sslmode=%s",
		dsnQuote(n.Host), strconv.Itoa(n.Port), dsnQuote(n.Database), dsnQuote(n.Login.Username()), dsnQuote(n.Login.Password().Reveal()), mode))
}

// Table returns a Reader of a table of a database. open opens the database with
// the current credentials, and read reads from it, as Records of a direct.Table
// does. Each read opens its own database, and closes it when the reader is
// released.
func (c *Catalog) Table(id string, open func(ctx context.Context, n Connection) (*sql.DB, error), read func(ctx context.Context, db *sql.DB) (array.RecordReader, error)) Reader {
	return records(func(ctx context.Context) (array.RecordReader, error) {
		n, err := c.Connection(ctx, id)
		if err != nil {
			return nil, err
		}
		db, err := open(ctx, n)
		if err != nil {
			return nil, n.Login.scrub(err)
		}
		r, err := read(ctx, db) // with an error r may be a nil pointer in an interface
		if err != nil {
			return nil, errors.Join(n.Login.scrub(err), db.Close())
		}
		next := func() (arrow.Record, error) {
			if !r.Next() {
				return nil, n.Login.scrub(r.Err())
			}
			r.Record().Retain()
			return r.Record(), nil
		}
		return batches.New(r.Schema(), next, func() {
			r.Release()
			_ = db.Close()
		}), nil
	})
}

// records is a Reader made of its method.
type records func(ctx context.Context) (array.RecordReader, error)

// Records starts a read.
func (f records) Records(ctx context.Context) (array.RecordReader, error) { return f(ctx) }

// File returns the file of a [File] data source. Each read looks it up again.
func (c *Catalog) File(id string) Input {
	return Open(id, func(context.Context) (io.ReadCloser, error) {
		e, err := c.ready(id)
		if err != nil {
			return nil, err
		}
		p := e.DataSourceParameters.FileParameters
		if p == nil || c.opts.Files == nil {
			return nil, fmt.Errorf("%w: want FileParameters, and a catalog with Files", ErrParameters)
		}
		if !fs.ValidPath(p.Path) {
			return nil, fmt.Errorf("%w: path %q", ErrValue, plain.Abridge(p.Path, maxShown))
		}
		return c.opts.Files.Open(p.Path)
	})
}
