package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"github.com/spf13/pflag"

	"github.com/rowsight/rowsight/adapters/flightsql"
	"github.com/rowsight/rowsight/adapters/flightsql/flightservice"
	"github.com/rowsight/rowsight/quicksight"
)

// flightFlags are the options of Arrow Flight SQL, as they were given.
type flightFlags struct{ listen, cert, key string }

func (f *flightFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.listen, "flight", "", "`ADDRESS` to answer Arrow Flight SQL on, such as 127.0.0.1:32010")
	flags.StringVar(&f.cert, "flight-cert", "", "`FILE` with the certificate of Arrow Flight SQL, as PEM (default: that of --tls-cert)")
	flags.StringVar(&f.key, "flight-key", "", "`FILE` with the private key of that certificate, as PEM")
}

// check reports everything that is wrong with the options.
func (f *flightFlags) check(noAuth bool) error {
	var errs []error
	if (f.cert == "") != (f.key == "") {
		errs = append(errs, errors.New("--flight-cert and --flight-key need each other"))
	}
	if f.listen == "" {
		if f.cert != "" || f.key != "" {
			errs = append(errs, errors.New("--flight-cert: want it with --flight"))
		}
		return errors.Join(errs...)
	}
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return errors.Join(append(errs, fmt.Errorf("--flight: got %q, want an address such as 127.0.0.1:32010", f.listen))...)
	}
	ip := net.ParseIP(host)
	local := host == "localhost" || ip != nil && ip.IsLoopback()
	switch {
	case noAuth && !local:
		errs = append(errs, fmt.Errorf("--no-auth: got --flight %s, want a loopback address such as 127.0.0.1:32010", f.listen))
	case !local && f.cert == "":
		errs = append(errs, fmt.Errorf("--flight: got %s, want --tls-cert and --tls-key, or --flight-cert and --flight-key, for an address that other machines reach", f.listen))
	}
	return errors.Join(errs...)
}

// A flightServer is a server with the address that it listens on.
type flightServer struct {
	server   *flightsql.Server
	listener net.Listener
}

// open listens on the address; without one it returns nil.
func (f *flightFlags) open(service *quicksight.Service, logger *slog.Logger) (*flightServer, error) {
	if f.listen == "" {
		return nil, nil
	}
	config, err := certificate("flight", f.cert, f.key)
	if err != nil {
		return nil, err
	}
	server, err := flightservice.New(service, flightEngine(), &flightsql.Options{Logger: logger, TLS: config})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return nil, &dataError{err}
	}
	return &flightServer{server, listener}, nil
}

func (f *flightServer) serve(ctx context.Context) error {
	return dataFault(f.server.Serve(ctx, f.listener))
}

// both runs two servers until ctx ends or one of them fails.
func both(ctx context.Context, servers ...func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, len(servers))
	for _, serve := range servers {
		go func() { ended <- serve(ctx) }()
	}
	var errs []error
	for range servers {
		errs = append(errs, <-ended)
		cancel()
	}
	return errors.Join(errs...)
}
