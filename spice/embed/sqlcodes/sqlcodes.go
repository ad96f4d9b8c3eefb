// Package sqlcodes stores the codes and sessions of [embed.Server] in a table
// of a database, through database/sql, so that several processes can serve one
// site.
//
//	id           32 hexadecimal digits; the primary key
//	state        1 issued, 2 open, 3 revoked
//	valid_until  the end of the code or session as the site gave it, in Unix seconds
//	ends_at      the same end by the clock of the database, in Unix seconds
//	sealed       encrypted; base64
//
// # Guarantees
//
// One UPDATE redeems a code. It changes the row only if the state is issued, so
// only one process gets the session. A revocation applies to the next request
// of every process, because each request reads its row.
//
// Lifetimes are measured by the clock of the database: a process whose clock is
// wrong neither lengthens nor shortens the life of a code that another process
// checks. embed also compares the end with the clock of its own process, so both
// clocks must agree that a session is alive.
//
// A user who can read the table learns the number of sessions and their ends. A
// user who can write to it can end sessions and can restore a code from an
// older copy of the table, but cannot read or create a session: the keys are in
// the ring of the server ([embed.Options]).
package sqlcodes

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rowsight/rowsight/spice/embed"
)

// ErrTable is the error for a table name that is not made of letters, digits and
// underscores.
var ErrTable = errors.New("not a name of letters, digits and '_'")

var errNoDatabase = errors.New("no database")

// Options configure [Open]. A nil *Options and the zero Options are right for
// PostgreSQL.
type Options struct {
	Engine Engine
	Table  string // letters, digits and '_'; "" is rowsight_codes

	// Migrated means that the table exists. Open then changes nothing in the
	// database, so the process needs no permission to create tables. See
	// [Migrations].
	Migrated bool

	// Now is the clock of this process; nil is time.Now. It must be the clock of
	// embed.Options.
	Now func() time.Time
}

// Codes implements [embed.Codes] in a table. It is safe for concurrent use. The
// zero Codes has no database, and every method returns an error.
type Codes struct {
	db  *sql.DB
	now func() time.Time

	put, redeem, get, revoke, sweep string // the statements
}

var _ embed.Codes = (*Codes)(nil)

// Open returns the Codes in a table and creates the table if it is missing. The
// caller closes the database after the last use of the Codes.
func Open(ctx context.Context, db *sql.DB, opts *Options) (*Codes, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	statements, err := Migrations(&o)
	if err != nil {
		return nil, err
	}
	if db == nil {
		return nil, errNoDatabase
	}
	if !o.Migrated {
		for _, s := range statements {
			if _, err := db.ExecContext(ctx, s); err != nil {
				return nil, fmt.Errorf("table %s: %w", o.table(), err)
			}
		}
	}
	c := newCodes(db, o)
	// A table of another shape is an error now and not at the first request.
	if _, err := c.Get(ctx, strings.Repeat("0", 32)); err != nil && !errors.Is(err, embed.ErrUnknown) && !errors.Is(err, embed.ErrExpired) {
		return nil, fmt.Errorf("table %s: %w", o.table(), err)
	}
	return c, nil
}

// Put implements [embed.Codes].
func (c *Codes) Put(ctx context.Context, id string, e embed.Entry) error {
	if err := c.check(id); err != nil {
		return err
	}
	_, err := c.db.ExecContext(ctx, c.put, id, int64(embed.Issued), e.Until.Unix(), c.left(e.Until),
		base64.StdEncoding.EncodeToString(e.Sealed))
	if err == nil {
		return nil
	}
	// The primary key refuses an id that exists. Databases say so in many ways,
	// so look for the id.
	if _, _, found := c.row(ctx, id); found == nil {
		return embed.ErrUsed
	}
	return err
}

// Redeem implements [embed.Codes].
func (c *Codes) Redeem(ctx context.Context, id string, until time.Time) (embed.Entry, error) {
	if err := c.check(id); err != nil {
		return embed.Entry{}, err
	}
	res, err := c.db.ExecContext(ctx, c.redeem, int64(embed.Open), until.Unix(), c.left(until), id, int64(embed.Issued))
	if err != nil {
		return embed.Entry{}, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return embed.Entry{}, err
	}
	e, _, err := c.row(ctx, id)
	switch {
	case err != nil:
		return embed.Entry{}, err
	case e.State == embed.Revoked:
		return embed.Entry{}, embed.ErrRevoked
	case n == 1 && e.State == embed.Open:
		return e, nil
	case n == 0 && e.State == embed.Issued:
		return embed.Entry{}, embed.ErrExpired
	}
	return embed.Entry{}, embed.ErrUsed
}

// Get implements [embed.Codes]. An entry that has ended by the clock of the
// database is [embed.ErrExpired].
func (c *Codes) Get(ctx context.Context, id string) (embed.Entry, error) {
	if err := c.check(id); err != nil {
		return embed.Entry{}, err
	}
	e, expired, err := c.row(ctx, id)
	if err == nil && expired && e.State != embed.Revoked {
		err = embed.ErrExpired
	}
	if err != nil {
		return embed.Entry{}, err
	}
	return e, nil
}

// Revoke implements [embed.Codes].
func (c *Codes) Revoke(ctx context.Context, id string) error {
	if err := c.check(id); err != nil {
		return err
	}
	if _, err := c.db.ExecContext(ctx, c.revoke, int64(embed.Revoked), "", id); err != nil {
		return err
	}
	// MySQL counts no row that already had these values, so the count does not
	// say whether the entry exists.
	_, _, err := c.row(ctx, id)
	return err
}

// Sweep implements [embed.Codes].
func (c *Codes) Sweep(ctx context.Context, now time.Time) (int, error) {
	if c == nil || c.db == nil {
		return 0, errNoDatabase
	}
	res, err := c.db.ExecContext(ctx, c.sweep, c.left(now))
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// row reads an entry and whether it has ended by the clock of the database.
func (c *Codes) row(ctx context.Context, id string) (e embed.Entry, expired bool, err error) {
	var state, until, left int64
	var sealed string
	err = c.db.QueryRowContext(ctx, c.get, id).Scan(&state, &until, &left, &sealed)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return embed.Entry{}, false, embed.ErrUnknown
	case err != nil:
		return embed.Entry{}, false, err
	case state < int64(embed.Issued) || state > int64(embed.Revoked):
		return embed.Entry{}, false, fmt.Errorf("%w: state %d", embed.ErrUnknown, state)
	}
	e = embed.Entry{State: embed.State(state), Until: time.Unix(until, 0).UTC()}
	if e.Sealed, err = base64.StdEncoding.DecodeString(sealed); err != nil {
		return embed.Entry{}, false, fmt.Errorf("%w: column sealed is not base64", embed.ErrUnknown)
	}
	return e, left <= 0, nil
}

// left returns the whole seconds from now to a time, by the clock of this
// process. The statements add them to the clock of the database.
func (c *Codes) left(t time.Time) int64 {
	return t.Unix() - c.now().Unix()
}

func (c *Codes) check(id string) error {
	if c == nil || c.db == nil {
		return errNoDatabase
	}
	if b, err := hex.DecodeString(id); err != nil || len(b) != 16 || strings.ToLower(id) != id {
		return fmt.Errorf("%w: want 32 hexadecimal digits", embed.ErrUnknown)
	}
	return nil
}
