package flightsql

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/embed"
)

// Options say who may log in, and where records and reasons go.
type Options struct {
	// Embed accepts the tokens of its sessions. Nil accepts none.
	Embed *embed.Server
	// Login lets registered users log in. Nil lets nobody in.
	Login Login
	// Admit decides whether an embedded session may be used from an address, at each
	// call and before each record. An error denies access. Nil admits every address.
	Admit func(ctx context.Context, remote net.Addr) error

	// Audit gets a record of each statement: the session, the datasets, the columns,
	// the number of rows, and a hash of the statement without its values. What cannot
	// be recorded is not answered. Nil keeps no such records; the store records reads
	// in any case.
	Audit audit.Sink
	// Logger gets the reason of every error that a client is not told. Nil is
	// slog.Default.
	Logger *slog.Logger

	// TLS is the configuration of [Server.Serve]. Without it Serve accepts only
	// listeners on a loopback address.
	TLS *tls.Config
	// Plaintext lets Serve listen on other addresses without TLS, behind a proxy that
	// has it.
	Plaintext bool

	Limits Limits
	// Now is the clock. Nil is time.Now.
	Now func() time.Time
}

// Limits bound what one session can ask for. A zero field is its default. Above a
// limit a call is refused, and a stream ends with an error.
type Limits struct {
	MaxRows        int64         // of a result; 0 is DefaultRows
	MaxBytes       int64         // of a result in memory; 0 is DefaultBytes
	Timeout        time.Duration // of a statement, up to its last row; 0 is DefaultTimeout
	MaxRunning     int           // statements of a session that run at once; 0 is DefaultRunning
	MaxHandles     int           // tickets and prepared statements of a session; 0 is DefaultHandles
	MaxStatement   int           // bytes of a statement; 0 is DefaultStatement
	TicketLifetime time.Duration // until a ticket must be used; 0 is DefaultTicketLifetime
	LoginLifetime  time.Duration // of the session of a registered user; 0 is DefaultLoginLifetime
}

// Defaults of [Limits].
const (
	DefaultRows           = 10_000_000
	DefaultBytes          = 4 << 30
	DefaultTimeout        = 5 * time.Minute
	DefaultRunning        = 4
	DefaultHandles        = 100
	DefaultStatement      = 64 << 10
	DefaultTicketLifetime = time.Minute
	DefaultLoginLifetime  = time.Hour
)

// MaxLogins is the number of registered users that are logged in at once.
const MaxLogins = 10_000

// Reasons why something is refused. An [Engine] wraps ErrStatement and ErrRun.
var (
	// ErrStatement says that the text of a statement is refused. A client gets the
	// whole error, so it must not hold a value of a row.
	ErrStatement = errors.New("statement refused")
	// ErrRun says that a statement failed while it ran. A client gets the whole error,
	// so it must not hold a value of a row.
	ErrRun = errors.New("the statement failed")
	// ErrLimit says that a result is larger than a limit.
	ErrLimit = errors.New("the result is too large: use LIMIT or ask for less")
	// ErrLogin is what a [Login] returns for a wrong name or password.
	ErrLogin = errors.New("wrong user or password")
	// ErrOptions says that a server cannot work with its options.
	ErrOptions = errors.New("bad option")
	// ErrPlaintext says that a listener needs TLS.
	ErrPlaintext = errors.New("no TLS on an address that other machines reach")
)

func (o *Options) filled() (Options, error) {
	var f Options
	if o != nil {
		f = *o
	}
	l := &f.Limits
	if l.MaxRows < 0 || l.MaxBytes < 0 || l.Timeout < 0 || l.MaxRunning < 0 || l.MaxHandles < 0 || l.MaxStatement < 0 || l.TicketLifetime < 0 || l.LoginLifetime < 0 {
		return f, fmt.Errorf("%w: Limits: want numbers from 0", ErrOptions)
	}
	l.MaxRows = cmp.Or(l.MaxRows, DefaultRows)
	l.MaxBytes = cmp.Or(l.MaxBytes, DefaultBytes)
	l.Timeout = cmp.Or(l.Timeout, DefaultTimeout)
	l.MaxRunning = cmp.Or(l.MaxRunning, DefaultRunning)
	l.MaxHandles = cmp.Or(l.MaxHandles, DefaultHandles)
	l.MaxStatement = cmp.Or(l.MaxStatement, DefaultStatement)
	l.TicketLifetime = cmp.Or(l.TicketLifetime, DefaultTicketLifetime)
	l.LoginLifetime = cmp.Or(l.LoginLifetime, DefaultLoginLifetime)
	if f.Logger == nil {
		f.Logger = slog.Default()
	}
	if f.Now == nil {
		f.Now = time.Now
	}
	return f, nil
}
