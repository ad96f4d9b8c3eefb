package flightsql

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/embed"
)

// readOnly is the answer to everything that would change something.
func readOnly() error {
	return status.Error(codes.Unimplemented, "this server is read only: it has statements that read, and no updates, transactions, savepoints or ingestion")
}

// errColumns says that a ticket was made under other rules or for other columns.
var errColumns = errors.New("the columns of the result have changed since the statement was prepared: run it again")

// errTransaction is the answer to a statement of a transaction.
var errTransaction = errors.New("this server has no transactions")

// public are the errors whose text goes to the client, with their codes. Of all others
// the client gets the code of the first that matches in answers, and a constant text.
var public = []struct {
	err  error
	code codes.Code
}{
	{ErrStatement, codes.InvalidArgument},
	{ErrRun, codes.FailedPrecondition},
	{ErrLimit, codes.ResourceExhausted},
	{eval.ErrMemory, codes.ResourceExhausted},
	{errManyHandles, codes.ResourceExhausted},
	{errManyStatements, codes.ResourceExhausted},
	{errFull, codes.ResourceExhausted},
	{errNoHandle, codes.NotFound},
	{errColumns, codes.FailedPrecondition},
	{errTransaction, codes.Unimplemented},
	{errParams, codes.InvalidArgument},
}

var answers = []struct {
	err  error
	code codes.Code
	text string
}{
	{context.DeadlineExceeded, codes.DeadlineExceeded, "the statement took too long"},
	{context.Canceled, codes.Canceled, "canceled"},
	{errNoToken, codes.Unauthenticated, "log in first: want authorization: Bearer and the token of a session, or a handshake with a user and a password"},
	{ErrLogin, codes.Unauthenticated, "wrong user or password"},
	{errEnded, codes.Unauthenticated, "the session has ended: log in again"},
	{embed.ErrNoCode, codes.Unauthenticated, "log in first: want authorization: Bearer and the token of a session"},
	{embed.ErrExpired, codes.Unauthenticated, "the session has expired"},
	{spice.ErrExpired, codes.Unauthenticated, "the session has expired"},
	{embed.ErrRevoked, codes.Unauthenticated, "the session was ended"},
	{embed.ErrTampered, codes.Unauthenticated, "not a session of this site"},
	{embed.ErrUnknown, codes.Unauthenticated, "not a session of this site"},
	{embed.ErrForeign, codes.PermissionDenied, "no access"},
	{embed.ErrForbidden, codes.PermissionDenied, "no access"},
	{spice.ErrAccess, codes.PermissionDenied, "no access"},
	{spice.ErrNotVisible, codes.PermissionDenied, "no access"},
	{spice.ErrNoDataset, codes.PermissionDenied, "no access"},
	{spice.ErrNotIngested, codes.FailedPrecondition, "a dataset has no rows yet"},
	{spice.ErrClosed, codes.Unavailable, "the data is not available now"},
	{spice.ErrKey, codes.Unavailable, "the data is not available now"},
}

// fail returns the error that a client gets, and logs the reason.
func (s *Server) fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := status.FromError(err); ok {
		return err // made by this package
	}
	if ctx.Err() != nil && !errors.Is(err, ErrLimit) {
		err = errors.Join(ctx.Err(), err)
	}
	for _, a := range answers[:2] { // a statement that was stopped may say anything
		if errors.Is(err, a.err) {
			return status.Error(a.code, a.text)
		}
	}
	for _, p := range public {
		if errors.Is(err, p.err) && !errors.Is(err, errAudit) { // whose text names a file of the operator
			return status.Error(p.code, textOf(err, p.err))
		}
	}
	who := "nobody"
	if l, err := loginOf(ctx); err == nil {
		who = l.id
	}
	s.opts.Logger.WarnContext(ctx, "flightsql: a call was refused or failed", "session", who, "error", err)
	for _, a := range answers {
		if errors.Is(err, a.err) {
			return status.Error(a.code, a.text)
		}
	}
	return status.Error(codes.Unavailable, "the statement failed; the log of the server has the reason")
}

// textOf is the text of an error for a client: all of it if it is about the statement,
// and otherwise that of the sentinel.
func textOf(err, sentinel error) string {
	if sentinel == ErrStatement || sentinel == ErrRun || sentinel == errParams {
		return err.Error()
	}
	return sentinel.Error()
}
