package source

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
)

// A Connection is how a database is reached right now.
type Connection struct {
	Host     string
	Port     int
	Database string
	Login    Login
	// DisableSsl is what the data source says. Otherwise the connection must be
	// encrypted and the server must prove who it is.
	DisableSsl bool
}

// Connection returns how to reach a [PostgreSQL] data source, or a [Redshift]
// one by host and port. Credentials are looked up now (K4), so open the database
// anew for each use that may come after a rotation, or ask again for each
// connection of a pool.
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

// DSN returns the connection as drivers of PostgreSQL take it, password
// included: host='…' port=… dbname='…' user='…' password='…' sslmode=….
func (n Connection) DSN() Password {
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	mode := "verify-full"
	if n.DisableSsl {
		mode = "disable"
	}
	return NewPassword(fmt.Sprintf("host='%s' port=%s dbname='%s' user='%s' password='%s' sslmode=%s",
		quote.Replace(n.Host), strconv.Itoa(n.Port), quote.Replace(n.Database), quote.Replace(n.Login.Username()), quote.Replace(n.Login.Password().Reveal()), mode))
}

// File returns the file of a [File] data source, looked up at every read.
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
			return nil, fmt.Errorf("%w: path %q", ErrValue, abridge(p.Path))
		}
		return c.opts.Files.Open(p.Path)
	})
}
