package flightsql

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow/flight"
	fsql "github.com/apache/arrow-go/v18/arrow/flight/flightsql"
)

// DoPutCommandStatementUpdate is refused: the server is read only.
func (s *service) DoPutCommandStatementUpdate(context.Context, fsql.StatementUpdate) (int64, error) {
	return 0, readOnly()
}

// DoPutCommandSubstraitPlan is refused.
func (s *service) DoPutCommandSubstraitPlan(context.Context, fsql.StatementSubstraitPlan) (int64, error) {
	return 0, readOnly()
}

// DoPutPreparedStatementUpdate is refused.
func (s *service) DoPutPreparedStatementUpdate(context.Context, fsql.PreparedStatementUpdate, flight.MessageReader) (int64, error) {
	return 0, readOnly()
}

// DoPutCommandStatementIngest is refused.
func (s *service) DoPutCommandStatementIngest(context.Context, fsql.StatementIngest, flight.MessageReader) (int64, error) {
	return 0, readOnly()
}

// BeginTransaction is refused.
func (s *service) BeginTransaction(context.Context, fsql.ActionBeginTransactionRequest) ([]byte, error) {
	return nil, readOnly()
}

// BeginSavepoint is refused.
func (s *service) BeginSavepoint(context.Context, fsql.ActionBeginSavepointRequest) ([]byte, error) {
	return nil, readOnly()
}

// EndTransaction is refused.
func (s *service) EndTransaction(context.Context, fsql.ActionEndTransactionRequest) error {
	return readOnly()
}

// EndSavepoint is refused.
func (s *service) EndSavepoint(context.Context, fsql.ActionEndSavepointRequest) error {
	return readOnly()
}

// CloseSession logs a registered user out. An embedded session goes on, because its
// page may need it; its tickets and prepared statements are forgotten.
func (s *service) CloseSession(ctx context.Context, _ *flight.CloseSessionRequest) (*flight.CloseSessionResult, error) {
	l, err := loginOf(ctx)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	s.handles.closeAll(l.id)
	if l.embedded == nil {
		s.logins.remove(l)
	}
	return &flight.CloseSessionResult{Status: flight.CloseSessionResultClosed}, nil
}
