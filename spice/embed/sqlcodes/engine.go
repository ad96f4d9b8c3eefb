package sqlcodes

import (
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rowsight/rowsight/internal/plain"
)

// An Engine is a database engine, with its placeholders and its clock function.
// The zero Engine is PostgreSQL.
type Engine uint8

// The engines.
const (
	PostgreSQL Engine = iota
	SQLite
	MySQL // and MariaDB
)

// String returns the name of the engine.
func (e Engine) String() string {
	switch e {
	case PostgreSQL:
		return "PostgreSQL"
	case SQLite:
		return "SQLite"
	case MySQL:
		return "MySQL"
	default:
		return "unknown engine " + strconv.Itoa(int(e))
	}
}

// clock is the time of the database in Unix seconds. It is the time of the
// statement and not of its transaction.
func (e Engine) clock() string {
	switch e {
	case SQLite:
		return "CAST(strftime('%s', 'now') AS INTEGER)"
	case MySQL:
		return "CAST(UNIX_TIMESTAMP() AS SIGNED)"
	default:
		return "CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)"
	}
}

func (o *Options) table() string {
	if o == nil || o.Table == "" {
		return "rowsight_codes"
	}
	return o.Table
}

// Migrations returns the statements that create the table, in order. You can
// run each of them again. Use them with a migration tool, and set
// Options.Migrated. Errors are [ErrTable].
func Migrations(opts *Options) ([]string, error) {
	var engine Engine
	if opts != nil {
		engine = opts.Engine
	}
	table := opts.table()
	if !plain.IsIdentifier(table) {
		return nil, fmt.Errorf("%w: %q", ErrTable, table)
	}
	text := "TEXT"
	switch engine {
	case PostgreSQL, SQLite:
	case MySQL:
		text = "LONGTEXT"
	default:
		return nil, fmt.Errorf("%s: want PostgreSQL, SQLite or MySQL", engine)
	}
	return []string{"CREATE TABLE IF NOT EXISTS " + table + " (id VARCHAR(32) NOT NULL PRIMARY KEY, state SMALLINT NOT NULL, " +
		"valid_until BIGINT NOT NULL, ends_at BIGINT NOT NULL, sealed " + text + " NOT NULL)"}, nil
}

// newCodes writes the statements. In the texts "?" is a placeholder, NOW the
// clock and TABLE the table.
func newCodes(db *sql.DB, o Options) *Codes {
	write := func(text string) string {
		text = strings.NewReplacer("NOW", o.Engine.clock(), "TABLE", o.table()).Replace(text)
		if o.Engine != PostgreSQL {
			return text
		}
		var b strings.Builder
		for i, part := range strings.Split(text, "?") {
			if i > 0 {
				b.WriteString("$" + strconv.Itoa(i))
			}
			b.WriteString(part)
		}
		return b.String()
	}
	c := &Codes{
		db:     db,
		now:    o.Now,
		put:    write("INSERT INTO TABLE (id, state, valid_until, ends_at, sealed) VALUES (?, ?, ?, NOW + ?, ?)"),
		redeem: write("UPDATE TABLE SET state = ?, valid_until = ?, ends_at = NOW + ? WHERE id = ? AND state = ? AND ends_at > NOW"),
		get:    write("SELECT state, valid_until, ends_at - NOW, sealed FROM TABLE WHERE id = ?"),
		revoke: write("UPDATE TABLE SET state = ?, sealed = ? WHERE id = ?"),
		sweep:  write("DELETE FROM TABLE WHERE ends_at <= NOW + ?"),
	}
	if c.now == nil {
		c.now = time.Now
	}
	return c
}
