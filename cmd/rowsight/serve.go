package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/rowsight/rowsight/quicksight"
)

const (
	serveHelp = `Serve answers the API of Amazon QuickSight from a folder: namespaces, users, groups, data
sources, data sets with their rules, ingestions, dashboards and embed URLs. The AWS command
line and the AWS SDKs work with it: give them its address as the endpoint. The page
docs/quicksight-api.md lists the operations.

--dir names the folder that holds everything. Only one process at a time may serve it. S3
data sources read the files under FOLDER/s3/BUCKET/KEY; POSTGRESQL data sources read their
database.

Clients sign each request with an access key. --credentials names a JSON file with access
keys, the identity of each and its IAM policy. Without it, the file is
FOLDER/credentials.json. The first start writes this file with one key that may do
everything, and FOLDER/aws-credentials with the same key in the form of the AWS command
line. --no-auth accepts requests without a signature; it needs a loopback address.

--tls-cert and --tls-key serve with TLS. Use them, or a proxy with TLS in front, if other
machines reach the address. --url is the address that browsers use: embed URLs begin with
it.

GET /healthz answers while the process runs, and GET /readyz while it can read its folder.
Neither needs a signature.

--flight also answers Arrow Flight SQL: ADBC, JDBC and other clients read the rows of their
session. They log in with the token of an embedded session. Or they log in as
NAMESPACE/USER@ACCESSKEY with the secret of the access key; the policy of the key must
allow rowsight:ReadRows on the user and on each data set. Flight SQL uses the certificate
of --tls-cert, or another one, --flight-cert and --flight-key. An address that other
machines reach must have TLS. The page docs/flight-sql.md has the details.

Exit codes
  0  ended by a signal
  1  wrong usage, bad credentials
  2  a folder or an address that cannot be used`

	serveExamples = `  # serve a folder, and use it with the AWS command line
  rowsight serve --dir quicksight
  export AWS_SHARED_CREDENTIALS_FILE=quicksight/aws-credentials AWS_DEFAULT_REGION=us-east-1
  aws quicksight list-namespaces --aws-account-id 111122223333 \
      --endpoint-url http://127.0.0.1:8080

  # answer Arrow Flight SQL, too
  rowsight serve --dir quicksight --flight 127.0.0.1:32010

  # without signatures, for tests on your machine
  rowsight serve --dir quicksight --no-auth`
)

// serveFlags are the options of the subcommand, as they were given.
type serveFlags struct {
	dir, listen, account, region, credentials, url string
	tlsCert, tlsKey                                string
	noAuth, reset                                  bool
	domains                                        []string
	ingestions                                     int
	ingestionTime                                  time.Duration
	flight                                         flightFlags
}

func newServe() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:     "serve --dir FOLDER [flags]",
		Short:   "Serve the API of QuickSight from a folder",
		Long:    serveHelp,
		Example: serveExamples,
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.dir, "dir", "", "`FOLDER` that holds everything; it is created if it does not exist")
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", "`ADDRESS` to listen on; port 0 is any free port")
	flags.StringVar(&f.account, "account", "111122223333", "`ACCOUNT` of 12 digits")
	flags.StringVar(&f.region, "region", "us-east-1", "`REGION` of the ARNs and of the signatures")
	flags.StringVar(&f.credentials, "credentials", "", "`FILE` with access keys and policies (default: FOLDER/credentials.json)")
	flags.StringVar(&f.url, "url", "", "`URL` where browsers reach the service (default: http:// or https:// and the address)")
	flags.StringArrayVar(&f.domains, "embed-domain", nil, "`DOMAIN` whose pages may embed dashboards, such as https://app.example.com; may be repeated")
	flags.IntVar(&f.ingestions, "ingestions", 2, "`NUMBER` of data sets that are ingested at once; others are queued")
	flags.DurationVar(&f.ingestionTime, "ingestion-time", time.Hour, "`TIME` after which an ingestion that still reads fails")
	flags.StringVar(&f.tlsCert, "tls-cert", "", "`FILE` with the certificate and its intermediate certificates, as PEM")
	flags.StringVar(&f.tlsKey, "tls-key", "", "`FILE` with the private key of the certificate, as PEM")
	flags.BoolVar(&f.reset, "reset", false, "let POST /moto-api/reset delete everything in the account, for tests; with --no-auth only")
	flags.BoolVar(&f.noAuth, "no-auth", false, "accept requests without a signature; on a loopback address only")
	f.flight.register(flags)
	return cmd
}

func (f *serveFlags) run(cmd *cobra.Command) error {
	if f.flight.listen != "" && f.flight.cert == "" && f.flight.key == "" && f.tlsKey != "" {
		f.flight.cert, f.flight.key = f.tlsCert, f.tlsKey
	}
	if err := f.check(); err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return &dataError{err}
	}
	var keys *quicksight.Credentials
	if !f.noAuth {
		var err error
		if keys, err = f.keys(cmd); err != nil {
			return err
		}
	}
	certificate, err := certificate("tls", f.tlsCert, f.tlsKey, "http/1.1")
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", f.listen)
	if err != nil {
		return &dataError{err}
	}
	defer listener.Close()
	address := "http://" + listener.Addr().String()
	if certificate != nil {
		address = "https://" + listener.Addr().String()
		listener = tls.NewListener(listener, certificate)
	}
	url := f.url
	url = cmp.Or(url, address)
	ctx := cmd.Context()
	logger := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
	service, err := quicksight.Open(ctx, f.dir, &quicksight.Options{
		Account: f.account, Region: f.region, Credentials: keys, Unauthenticated: f.noAuth, URL: url, Domains: f.domains,
		OpenDatabase: openDatabase, Ingestions: f.ingestions, IngestionTime: f.ingestionTime, Logger: logger,
	})
	if errors.Is(err, quicksight.ErrOptions) {
		return err
	}
	if err != nil {
		return &dataError{err}
	}
	flight, err := f.flight.open(service, logger)
	if err != nil {
		return errors.Join(err, service.Close())
	}
	if _, err := fmt.Fprintf(cmd.OutOrStdout(), "serving account %s in %s at %s\n", f.account, f.region, address); err != nil {
		return errors.Join(err, service.Close())
	}
	var handler http.Handler = service
	if f.reset {
		handler = resetting(service)
	}
	if flight == nil {
		return errors.Join(listenAndAnswer(ctx, listener, handler), service.Close())
	}
	if _, err := fmt.Fprintf(cmd.OutOrStdout(), "serving Arrow Flight SQL at %s\n", flight.listener.Addr()); err != nil {
		return errors.Join(err, flight.listener.Close(), service.Close())
	}
	return errors.Join(both(ctx, func(ctx context.Context) error { return listenAndAnswer(ctx, listener, handler) }, flight.serve), service.Close())
}

// listenAndAnswer answers requests until ctx ends; requests that run then have ten
// seconds.
func listenAndAnswer(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return &dataError{err}
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return dataFault(server.Shutdown(last))
}

// resetting adds the request that test suites for moto send between tests.
func resetting(service *quicksight.Service) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", service)
	mux.Handle("/moto-api/reset", service.ResetHandler())
	return mux
}

// check reports everything that is wrong with the command line.
func (f *serveFlags) check() error {
	var errs []error
	if f.dir == "" {
		errs = append(errs, errors.New("--dir is missing: want a folder"))
	}
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		errs = append(errs, fmt.Errorf("--listen: got %q, want an address such as 127.0.0.1:8080", f.listen))
	}
	if ip := net.ParseIP(host); f.noAuth && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		errs = append(errs, fmt.Errorf("--no-auth: got --listen %s, want a loopback address such as 127.0.0.1:8080", f.listen))
	}
	if (f.tlsCert == "") != (f.tlsKey == "") {
		errs = append(errs, errors.New("--tls-cert and --tls-key: want both or none"))
	}
	if f.reset && !f.noAuth {
		errs = append(errs, errors.New("--reset: want it with --no-auth"))
	}
	if f.noAuth && f.credentials != "" {
		errs = append(errs, errors.New("--credentials and --no-auth exclude each other"))
	}
	return errors.Join(append(errs, f.flight.check(f.noAuth))...)
}

// certificate reads the certificate and its key of two flags; nil is no TLS.
func certificate(flag, cert, key string, protocols ...string) (*tls.Config, error) {
	if cert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("--%s-cert %s, --%s-key %s: %w", flag, cert, flag, key, err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: protocols}, nil
}

// keys reads the credentials, and makes those of a new folder.
func (f *serveFlags) keys(cmd *cobra.Command) (*quicksight.Credentials, error) {
	path := f.credentials
	if path == "" {
		path = filepath.Join(f.dir, "credentials.json")
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			if err := newKeys(f.dir, f.account); err != nil {
				return nil, &dataError{err}
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "rowsight: made an access key: AWS_SHARED_CREDENTIALS_FILE=%s\n", filepath.Join(f.dir, "aws-credentials"))
		}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 { // which has no such modes
		return nil, fmt.Errorf("%s: others can read it: got mode %04o, want 0600", path, info.Mode().Perm())
	}
	return quicksight.ParseCredentials(file, &quicksight.ParseOptions{File: path})
}
