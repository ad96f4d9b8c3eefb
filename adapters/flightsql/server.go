package flightsql

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/flight"
	fsql "github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"

	"github.com/rowsight/rowsight/internal/recovered"
)

// A Server answers Flight SQL calls. It is safe for concurrent use. The zero Server
// refuses every call. Build one with [NewServer].
type Server struct {
	data    Data
	engine  Engine
	opts    Options
	logins  logins
	handles handles
}

// NewServer returns a server of the datasets of a store.
func NewServer(data Data, engine Engine, opts *Options) (*Server, error) {
	o, err := opts.filled()
	if data == nil {
		err = errors.Join(err, fmt.Errorf("%w: data: got nil, want a store", ErrOptions))
	}
	if engine == nil {
		err = errors.Join(err, fmt.Errorf("%w: engine: got nil, want one such as Plain{}", ErrOptions))
	}
	if err != nil {
		return nil, err
	}
	s := &Server{data: data, engine: engine, opts: o}
	s.handles.most, s.handles.now = o.Limits.MaxHandles, o.Now
	return s, nil
}

// maxMessage bounds a message of a client, in bytes: a statement, or parameters.
const maxMessage = 1 << 20

// Serve answers calls of a listener until ctx ends, and then closes it. Statements that
// run when ctx ends are cut off. Without [Options.TLS] the listener must be on a
// loopback address, unless [Options.Plaintext] is set.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	defer listener.Close()
	if s == nil || s.data == nil {
		return ErrOptions
	}
	options := []grpc.ServerOption{
		grpc.MaxRecvMsgSize(maxMessage), grpc.ChainUnaryInterceptor(s.unary), grpc.ChainStreamInterceptor(s.stream),
	}
	switch {
	case s.opts.TLS != nil:
		options = append(options, grpc.Creds(credentials.NewTLS(s.opts.TLS)))
	case !s.opts.Plaintext && !loopback(listener.Addr()):
		return fmt.Errorf("%w: %s", ErrPlaintext, listener.Addr())
	}
	base := fsql.BaseServer{Alloc: memory.DefaultAllocator}
	if err := registerInfo(&base); err != nil {
		return err
	}
	server := grpc.NewServer(options...)
	flight.RegisterFlightServiceServer(server, fsql.NewFlightServer(&service{BaseServer: base, Server: s}))
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		server.Stop()
		<-ended
		return nil
	}
}

func loopback(addr net.Addr) bool {
	switch a := addr.(type) {
	case *net.TCPAddr:
		return a.IP.IsLoopback()
	case *net.UnixAddr:
		return true
	}
	return addr != nil && addr.Network() == "bufconn" // in memory
}

// unary authenticates a call and turns panics into errors.
func (s *Server) unary(ctx context.Context, request any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (answer any, err error) {
	defer s.recovered(ctx, &err)
	l, err := s.authenticate(ctx)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return next(context.WithValue(ctx, loginKey{}, l), request)
}

// stream authenticates a stream, and answers handshakes itself.
func (s *Server) stream(server any, in grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
	ctx := in.Context()
	defer s.recovered(ctx, &err)
	if strings.HasSuffix(info.FullMethod, "/Handshake") {
		token, err := s.handshake(ctx)
		if err != nil {
			return s.fail(ctx, err)
		}
		md := metadata.Pairs("authorization", "Bearer "+token)
		in.SetTrailer(md)
		return in.SendHeader(md)
	}
	l, err := s.authenticate(ctx)
	if err != nil {
		return s.fail(ctx, err)
	}
	return next(server, &withLogin{in, context.WithValue(ctx, loginKey{}, l)})
}

// withLogin is a stream with the session in its context.
type withLogin struct {
	grpc.ServerStream
	ctx context.Context
}

// Context returns the context with the session.
func (w *withLogin) Context() context.Context { return w.ctx }

// recovered makes an error of a panic: what a client sends must not end the process.
func (s *Server) recovered(ctx context.Context, err *error) {
	if failed := recovered.Error(recover(), nil); failed != nil {
		*err = s.fail(ctx, failed)
	}
}

// service has the calls of Flight SQL. Those that it lacks are answered with
// codes.Unimplemented by the BaseServer.
type service struct {
	fsql.BaseServer
	*Server
}
