// Package flightservice serves the data sets of a quicksight.Service over Arrow Flight
// SQL, next to its HTTP API.
//
//	server, err := flightservice.New(service, flightsql.Plain{}, nil)
//	err = server.Serve(ctx, listener)
//
// A client logs in with the token of an embedded session, or as a registered user, see
// [quicksight.Service.Reader].
package flightservice

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/quicksight"
)

// New returns a server for a service. Embed, Login, Audit and Admit of opts are those of
// the service.
func New(s *quicksight.Service, engine flightsql.Engine, opts *flightsql.Options) (*flightsql.Server, error) {
	if s == nil || s.Store() == nil {
		return nil, fmt.Errorf("%w: the service is not open", flightsql.ErrOptions)
	}
	var o flightsql.Options
	if opts != nil {
		o = *opts
	}
	o.Embed, o.Login, o.Audit = s.Embedding(), login{s, o.TLS != nil}, s.Audit()
	o.Admit = func(_ context.Context, remote net.Addr) error {
		if remote == nil {
			return s.AdmitAddress("") // denies if the account restricts addresses
		}
		return s.AdmitAddress(remote.String())
	}
	return flightsql.NewServer(s.Store(), engine, &o)
}

// login lets registered users in.
type login struct {
	s      *quicksight.Service
	secure bool
}

// Login implements [flightsql.Login].
func (l login) Login(ctx context.Context, user, password string) (flightsql.Viewer, error) {
	r, err := l.s.Reader(ctx, user, password, l.secure)
	if err != nil {
		return nil, errors.Join(flightsql.ErrLogin, err)
	}
	return r, nil
}
