// Package quicksighttest starts a [quicksight.Service] for tests: an address,
// credentials that the AWS SDKs take, a clock to move, and a small account with
// users, rules, data and a dashboard.
//
//	server := quicksighttest.NewServer(t)
//	client := awsquicksight.New(awsquicksight.Options{
//		BaseEndpoint: &server.URL, Region: server.Region,
//		Credentials:  credentials.NewStaticCredentialsProvider(server.AccessKeyID, server.SecretAccessKey, ""),
//	})
//
// See [Server.Seed] for what the account holds.
package quicksighttest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rowsight/rowsight/quicksight"
	"github.com/rowsight/rowsight/quicksight/internal/sigv4"
)

// The account of every server.
const (
	Account = "111122223333"
	Region  = "us-east-1"
)

// A Server is a service that listens on an address of this machine until the
// test ends. The zero Server answers nothing.
type Server struct {
	URL             string
	Account         string
	Region          string
	AccessKeyID     string
	SecretAccessKey string
	Service         *quicksight.Service
	Dir             string // the folder of the service; Dir/s3 has a folder for each bucket

	mu    sync.Mutex
	ahead time.Duration
}

const (
	accessKeyID     = "AKIAIOSFODNN7EXAMPLE"
	secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

// NewServer starts a server with the data of [Server.Seed]. Its credentials may
// do everything in the account.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s := NewEmptyServer(t, "")
	if err := s.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// NewEmptyServer starts a server without users and data. credentials is the
// JSON that [quicksight.ParseCredentials] reads; "" is one key that may do
// everything.
func NewEmptyServer(t testing.TB, credentials string) *Server {
	t.Helper()
	if credentials == "" {
		credentials = fmt.Sprintf(`{"Credentials": [{"AccessKeyId": %q, "SecretAccessKey": %q, "Arn": "arn:aws:iam::%s:user/test",
			"Policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}]}`, accessKeyID, secretAccessKey, Account)
	}
	keys, err := quicksight.ParseCredentials(strings.NewReader(credentials), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Account: Account, Region: Region, AccessKeyID: accessKeyID, SecretAccessKey: secretAccessKey, Dir: t.TempDir()}
	var service http.Handler
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { service.ServeHTTP(w, r) }))
	t.Cleanup(listener.Close)
	s.URL = listener.URL
	s.Service, err = quicksight.Open(t.Context(), s.Dir, &quicksight.Options{
		Account: Account, Region: Region, Credentials: keys, URL: s.URL, Now: s.Now, Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Service.Close(); err != nil {
			t.Error(err)
		}
	})
	service = s.Service
	return s
}

// Now returns the time of the server's clock.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead)
}

// Advance moves the clock of the server, and begins the refreshes that are
// scheduled until then. A request that was signed by another
// clock is then refused as AWS would refuse it.
func (s *Server) Advance(by time.Duration) {
	s.mu.Lock()
	s.ahead += by
	s.mu.Unlock()
	if s.Service != nil {
		_ = s.Service.RunSchedules(context.Background()) // the service logs and tries again
	}
}

// WriteObject writes a file that S3 data sources can read.
func (s *Server) WriteObject(bucket, key, text string) error {
	path := filepath.Join(s.Dir, "s3", bucket, filepath.FromSlash(key))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

// Do sends a signed request and decodes the answer into out, which may be nil.
// path is what follows /accounts/ACCOUNT; body is marshalled to JSON and may be
// nil. An answer that is no success is an [*Error].
func (s *Server) Do(ctx context.Context, method, path string, body, out any) error {
	if strings.HasPrefix(path, "/") || path == "" {
		path = "/accounts/" + s.Account + path
	} else {
		path = "/" + path
	}
	return s.Send(ctx, s.AccessKeyID, s.SecretAccessKey, method, path, body, out)
}

// Send is [Server.Do] with other credentials and a whole path.
func (s *Server) Send(ctx context.Context, accessKeyID, secretAccessKey, method, path string, body, out any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, s.URL+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	sigv4.Sign(r, text, sigv4.Key{ID: accessKeyID, Secret: secretAccessKey}, sigv4.Scope{Region: s.Region, Service: "quicksight", Now: s.Now()})
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if text, err = io.ReadAll(answer.Body); err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		e := &Error{Status: answer.StatusCode, Code: answer.Header.Get("X-Amzn-Errortype")}
		_ = json.Unmarshal(text, e) // without it the message is empty
		return e
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

// An Error is an answer that is no success.
type Error struct {
	Status  int    `json:"-"`
	Code    string `json:"-"`
	Message string
}

// Error returns status code: message.
func (e *Error) Error() string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }
