package flightservice_test

import (
	"context"
	"fmt"
	"net"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	fsql "github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/adapters/flightsql/flightservice"
	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

func ExampleNew() {
	_, err := flightservice.New(new(quicksight.Service), flightsql.Plain{}, nil)
	fmt.Println(err)
	// Output: bad option: the service is not open
}

func TestZero(t *testing.T) {
	_, err := flightservice.New(nil, nil, nil)
	require.ErrorIs(t, err, flightsql.ErrOptions)
	_, err = flightservice.New(new(quicksight.Service), flightsql.Plain{}, nil)
	require.ErrorIs(t, err, flightsql.ErrOptions)
}

// TestService: a registered user gets the rows that the HTTP API has for that user.
func TestService(t *testing.T) {
	s := quicksighttest.NewServer(t)
	server, err := flightservice.New(s.Service, flightsql.Plain{}, nil)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	defer func() {
		cancel()
		require.NoError(t, <-ended)
	}()
	rows := func(name, password string) (n int64, err error) {
		c, err := fsql.NewClient(listener.Addr().String(), nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials()))
		require.NoError(t, err)
		defer c.Close()
		with, err := c.Client.AuthenticateBasicToken(t.Context(), name, password)
		if err != nil {
			return 0, err
		}
		info, err := c.Execute(with, "SELECT count(*) FROM sales")
		if err != nil {
			return 0, err
		}
		r, err := c.DoGet(with, info.Endpoint[0].Ticket)
		require.NoError(t, err)
		defer r.Release()
		require.True(t, r.Next())
		return r.RecordBatch().Column(0).(*array.Int64).Value(0), nil
	}
	for _, user := range []string{"MarthaRivera", "PowerUser", "Nobody"} {
		want, err := s.Rows(t.Context(), "sales", "default", user)
		require.NoError(t, err)
		got, err := rows("default/"+user+"@"+s.AccessKeyID, s.SecretAccessKey)
		require.NoError(t, err)
		require.Equal(t, want.RowCount, got, user)
	}
	_, err = rows("default/PowerUser@"+s.AccessKeyID, "another-secret-another-secret-01")
	require.Equal(t, codes.Unauthenticated, status.Code(err))
	_, err = rows("default/Somebody@"+s.AccessKeyID, s.SecretAccessKey)
	require.Equal(t, codes.Unauthenticated, status.Code(err))
}

// TestUserIsDeleted: a login ends with its user. A ticket of before is worth nothing, also
// when a user of the same name is registered again.
func TestUserIsDeleted(t *testing.T) {
	s := quicksighttest.NewServer(t)
	server, err := flightservice.New(s.Service, flightsql.Plain{}, nil)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	defer func() {
		cancel()
		require.NoError(t, <-ended)
	}()
	c, err := fsql.NewClient(listener.Addr().String(), nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer c.Close()
	with, err := c.Client.AuthenticateBasicToken(t.Context(), "default/MarthaRivera@"+s.AccessKeyID, s.SecretAccessKey)
	require.NoError(t, err)
	read := func(ticket func() (*flight.FlightInfo, error)) error {
		info, err := ticket()
		if err != nil {
			return err
		}
		r, err := c.DoGet(with, info.Endpoint[0].Ticket)
		if err != nil {
			return err
		}
		defer r.Release()
		for r.Next() {
		}
		return r.Err()
	}
	now := func() (*flight.FlightInfo, error) { return c.Execute(with, "SELECT * FROM sales") }
	require.NoError(t, read(now))
	before, err := now()
	require.NoError(t, err)
	require.NoError(t, s.Do(t.Context(), "DELETE", "/namespaces/default/users/MarthaRivera", nil, nil))
	require.Equal(t, codes.Unauthenticated, status.Code(read(func() (*flight.FlightInfo, error) { return before, nil })))
	require.Equal(t, codes.Unauthenticated, status.Code(read(now)))
	require.NoError(t, s.Do(t.Context(), "POST", "/namespaces/default/users", map[string]string{
		"UserName": "MarthaRivera", "Email": "martha@example.com", "IdentityType": "QUICKSIGHT", "UserRole": "READER"}, nil))
	require.Equal(t, codes.Unauthenticated, status.Code(read(now)), "another user")
}
