// Package sqlstore keeps the log of a [namespace.Directory] in a table of a
// database, through database/sql.
//
//	num  entry
//	  0  "2"      how many records there are: the last one's number
//	  1  […]      records, in JSON
//	  2  […]
//
// One transaction adds a record and increments the counter in line 0. It
// changes nothing if another process has incremented the counter meanwhile. So
// several processes can share a table: each reads the new records before it
// answers, which costs one query, and no record is overwritten. The database
// needs only transactions and a primary key.
package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
)

// Options describe the database. A nil *Options and the zero Options are right
// for PostgreSQL and SQLite.
type Options struct {
	Table        string // letters, digits and '_'; "" is rowsight_directory
	QuestionMark bool   // placeholders are ?, as in MySQL, and not $1
	TextType     string // SQL type of a long text; "" is TEXT. MySQL: LONGTEXT
}

// ErrTable reports an invalid name of a table or type.
var ErrTable = errors.New("not a name of letters, digits and '_'")

// A Log is a [namespace.Log] in a table. It is safe for concurrent use. The zero
// Log has no database, and every call is an error.
type Log struct {
	db                                 *sql.DB
	read, count, insert, delete, table string
}

var errNoDatabase = errors.New("no database")

// Open returns the log in a table and creates the table if it does not exist.
// The caller closes the database after the last use of the log.
func Open(ctx context.Context, db *sql.DB, opts *Options) (*Log, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	o.Table = cmp.Or(o.Table, "rowsight_directory")
	o.TextType = cmp.Or(o.TextType, "TEXT")
	for _, name := range []string{o.Table, o.TextType} {
		if !plain.IsIdentifier(name) {
			return nil, fmt.Errorf("%w: %q", ErrTable, name)
		}
	}
	if db == nil {
		return nil, errNoDatabase
	}
	arg := func(n int) string {
		if o.QuestionMark {
			return "?"
		}
		return "$" + strconv.Itoa(n)
	}
	l := &Log{
		db:     db,
		table:  o.Table,
		read:   "SELECT num, entry FROM " + o.Table + " WHERE num > " + arg(1) + " ORDER BY num",
		count:  "UPDATE " + o.Table + " SET entry = " + arg(1) + " WHERE num = 0 AND entry = " + arg(2),
		insert: "INSERT INTO " + o.Table + " (num, entry) VALUES (" + arg(1) + ", " + arg(2) + ")",
		delete: "DELETE FROM " + o.Table + " WHERE num > 0 AND num <= " + arg(1),
	}
	if l.ready(ctx) == nil {
		return l, nil
	}
	// Two processes may be at this point: what one is too late for is there.
	_, err := db.ExecContext(ctx, "CREATE TABLE "+o.Table+" (num BIGINT NOT NULL PRIMARY KEY, entry "+o.TextType+" NOT NULL)")
	if _, err2 := db.ExecContext(ctx, l.insert, 0, "0"); err2 != nil {
		err = errors.Join(err, err2)
	}
	if notReady := l.ready(ctx); notReady != nil {
		return nil, fmt.Errorf("table %s: %w", o.Table, errors.Join(err, notReady))
	}
	return l, nil
}

// ready reports whether the table is there and has its line 0.
func (l *Log) ready(ctx context.Context) error {
	var entry string
	return l.db.QueryRowContext(ctx, "SELECT entry FROM "+l.table+" WHERE num = 0").Scan(&entry)
}

// Read implements [namespace.Log].
func (l *Log) Read(ctx context.Context, after uint64, yield func(number uint64, record []byte) error) error {
	if l == nil || l.db == nil {
		return errNoDatabase
	}
	rows, err := l.db.QueryContext(ctx, l.read, int64(after))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var number int64
		var record sql.RawBytes
		if err := rows.Scan(&number, &record); err != nil {
			return err
		}
		if err := yield(uint64(number), record); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Append implements [namespace.Log].
func (l *Log) Append(ctx context.Context, after uint64, record []byte) error {
	return l.change(ctx, after, [][]byte{record}, false)
}

// Replace implements [namespace.Log].
func (l *Log) Replace(ctx context.Context, after uint64, records [][]byte) error {
	return l.change(ctx, after, records, true)
}

func (l *Log) change(ctx context.Context, after uint64, records [][]byte, replace bool) (err error) {
	if l == nil || l.db == nil {
		return errNoDatabase
	}
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback() // the error that counts is the first
		}
	}()
	// Whoever counts first holds the line until the end of the transaction;
	// others wait, and then find another number than they knew.
	last := after + uint64(len(records))
	res, err := tx.ExecContext(ctx, l.count, strconv.FormatUint(last, 10), strconv.FormatUint(after, 10))
	if err != nil {
		return err
	}
	switch n, err := res.RowsAffected(); {
	case err != nil:
		return err
	case n == 0:
		return fmt.Errorf("table %s: %w: the last record is no longer %d", l.table, namespace.ErrConflict, after)
	}
	if replace {
		if _, err := tx.ExecContext(ctx, l.delete, int64(after)); err != nil {
			return err
		}
	}
	for i, record := range records {
		if _, err := tx.ExecContext(ctx, l.insert, int64(after)+1+int64(i), string(record)); err != nil {
			return err
		}
	}
	return tx.Commit()
}
