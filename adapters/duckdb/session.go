package duckdb

import (
	"context"
	"database/sql/driver"
	"fmt"
)

// A session is a database for one statement.
type session struct {
	opts      Options
	ctx       context.Context
	cancel    context.CancelFunc
	d         *database
	statement *statement
	conn      driver.Conn // nil before it is connected
}

// begin opens a database and parses the statement.
func begin(ctx context.Context, tables map[string]Table, sql string, opts *Options) (*session, error) {
	o, err := opts.filled()
	if err != nil {
		return nil, err
	}
	if err := twins(tables); err != nil {
		return nil, err
	}
	s := &session{opts: o}
	s.ctx, s.cancel = context.WithTimeout(ctx, o.Timeout)
	if s.d, err = o.Spare.take(s.ctx, o); err != nil {
		s.cancel()
		return nil, err
	}
	if s.statement, err = s.d.parse(s.ctx, sql, tables); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// columns returns the columns that the statement may need; nil is all.
func (s *session) columns() []string {
	if s.statement.columns {
		return nil
	}
	return append([]string{}, s.statement.names...)
}

// copy copies the tables of the statement.
func (s *session) copy(tables map[string]Table) error {
	for _, name := range s.statement.tables {
		if err := s.d.copy(s.ctx, name, tables[name], s.columns()); err != nil {
			return fmt.Errorf("table %q: %w", name, err)
		}
	}
	return nil
}

func (s *session) close() {
	if s.conn != nil {
		_ = s.conn.Close()
	}
	_ = s.d.close()
	s.cancel()
}
