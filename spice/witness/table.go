package witness

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/internal/plain"
)

// TableOptions describe the database. A nil *TableOptions and the zero
// TableOptions are right for PostgreSQL and SQLite.
type TableOptions struct {
	Table        string // letters, digits and '_'; "" is rowsight_witness
	QuestionMark bool   // MySQL and MariaDB: placeholders are ?, and not $1
}

// ErrTable reports an invalid table name.
var ErrTable = errors.New("not a name of letters, digits and '_'")

// A Table is a [Witness] in a table of a database, through database/sql. It is
// safe for concurrent use, also by several processes. The zero Table refuses
// everything.
//
//	name                        value
//	arn:aws:quicksight:…/sales  base64
//
// Create it with the statement that [Table.Schema] returns. The writers of data
// need only SELECT, INSERT and UPDATE on it.
type Table struct {
	db                           *sql.DB
	table, read, insert, replace string
	exact                        string // what makes a column of text compare its letters
}

var _ Witness = (*Table)(nil)

// NewTable returns the witness in a table. The caller closes the database.
func NewTable(db *sql.DB, opts *TableOptions) (*Table, error) {
	var o TableOptions
	if opts != nil {
		o = *opts
	}
	o.Table = cmp.Or(o.Table, "rowsight_witness")
	if !plain.IsIdentifier(o.Table) {
		return nil, fmt.Errorf("%w: %q", ErrTable, o.Table)
	}
	if db == nil {
		return nil, errZero
	}
	args, exact := []string{"$1", "$2", "$3"}, ""
	if o.QuestionMark {
		args, exact = []string{"?", "?", "?"}, " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
	}
	return &Table{
		db: db, table: o.Table, exact: exact,
		read:    "SELECT value FROM " + o.Table + " WHERE name = " + args[0],
		insert:  "INSERT INTO " + o.Table + " (name, value) VALUES (" + args[0] + ", " + args[1] + ")",
		replace: "UPDATE " + o.Table + " SET value = " + args[0] + " WHERE name = " + args[1] + " AND value = " + args[2],
	}, nil
}

// Schema returns the statement that creates the table. In MySQL and MariaDB, its
// columns compare letters with their case, as datasets do.
func (t *Table) Schema() string {
	if t == nil || t.db == nil {
		return ""
	}
	return "CREATE TABLE " + t.table + " (name VARCHAR(700)" + t.exact + " NOT NULL PRIMARY KEY, value VARCHAR(2000)" + t.exact + " NOT NULL)"
}

// Read implements [Witness].
func (t *Table) Read(ctx context.Context, name string) ([]byte, error) {
	if t == nil || t.db == nil {
		return nil, errZero
	}
	var text string
	err := t.db.QueryRowContext(ctx, t.read, name).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	value, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", t.table, err)
	}
	return value, nil
}

// Replace implements [Witness].
func (t *Table) Replace(ctx context.Context, name string, old, value []byte) error {
	if t == nil || t.db == nil {
		return errZero
	}
	encode := base64.StdEncoding.EncodeToString
	if old == nil {
		_, err := t.db.ExecContext(ctx, t.insert, name, encode(value))
		if err == nil {
			return nil
		}
		// Drivers have no common word for a name that is there.
		if now, readErr := t.Read(ctx, name); readErr == nil && now != nil {
			return ErrChanged
		}
		return err
	}
	result, err := t.db.ExecContext(ctx, t.replace, encode(value), name, encode(old))
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 && bytes.Equal(old, value) { // MySQL does not count a row that stays as it is
		now, readErr := t.Read(ctx, name)
		if readErr == nil && bytes.Equal(now, value) {
			return nil
		}
		err = readErr
	}
	if err != nil || n != 1 {
		return errors.Join(ErrChanged, err)
	}
	return nil
}
