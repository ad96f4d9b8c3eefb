package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// started runs rowsight serve and returns its address, and a function that ends
// it and returns its exit code.
func started(t *testing.T, args ...string) (url string, end func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		ended <- run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), strings.NewReader(""), in, &stderr)
		in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		require.FailNow(t, "it did not start", "code %d", <-ended)
	}
	_, url, _ = strings.Cut(strings.TrimSpace(line), " at ")
	return url, func() int {
		cancel()
		return <-ended
	}
}

// TestServe: without a signature there is no answer, and what --no-auth changed
// is there for the next start.
func TestServe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "service")
	url, end := started(t, "--dir", dir)
	answer, err := http.Get(url + "/accounts/111122223333/namespaces")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, 403, answer.StatusCode)
	require.Zero(t, end())
	for _, name := range []string{"credentials.json", "aws-credentials", "service.key"} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, name)
	}

	url, end = started(t, "--dir", dir, "--no-auth")
	answer, err = http.Post(url+"/accounts/111122223333/namespaces/default/groups", "application/json", strings.NewReader(`{"GroupName": "APAC"}`))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, 201, answer.StatusCode)
	r, err := http.NewRequestWithContext(t.Context(), "POST", url+"/accounts/111122223333/namespaces/default/groups", strings.NewReader(`{"GroupName": "EMEA"}`))
	require.NoError(t, err)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	answer, err = http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, 401, answer.StatusCode, "a page of another site")
	require.Zero(t, end())

	url, end = started(t, "--dir", dir, "--no-auth")
	answer, err = http.Get(url + "/accounts/111122223333/namespaces/default/groups")
	require.NoError(t, err)
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Contains(t, string(text), "APAC")
	require.NotContains(t, string(text), "EMEA")
	require.Zero(t, end())
}

// newCertificate returns the flags of a certificate for 127.0.0.1, and how a client
// trusts it.
func newCertificate(t *testing.T) (flags []string, trust *tls.Config) {
	t.Helper()
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	write := func(name, kind string, b []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600))
		return path
	}
	parsed, err := x509.ParseCertificate(certificate)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return []string{"--tls-cert", write("cert.pem", "CERTIFICATE", certificate), "--tls-key", write("key.pem", "PRIVATE KEY", secret)}, &tls.Config{RootCAs: roots}
}

// TestServeTLS: with a certificate the service answers with TLS and nothing
// without it.
func TestServeTLS(t *testing.T) {
	flags, trust := newCertificate(t)
	url, end := started(t, append(flags, "--dir", filepath.Join(t.TempDir(), "service"), "--no-auth")...)
	require.True(t, strings.HasPrefix(url, "https://"), url)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trust}}
	for _, path := range []string{"/readyz", "/healthz", "/accounts/111122223333/namespaces"} {
		answer, err := client.Get(url + path)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode, path)
	}
	answer, err := http.Get("http" + strings.TrimPrefix(url, "https") + "/readyz")
	if err == nil {
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusBadRequest, answer.StatusCode)
	}
	client.CloseIdleConnections()
	require.Zero(t, end())
}

// TestServeRefused: command lines that would open too much.
func TestServeRefused(t *testing.T) {
	dir := t.TempDir()
	open := filepath.Join(dir, "open.json")
	require.NoError(t, os.WriteFile(open, []byte(`{"Credentials": []}`), 0o644))
	tests := []struct {
		reason string
		args   []string
		want   string
	}{
		{"no folder", nil, "--dir is missing"},
		{"no signatures for other machines", []string{"--dir", dir, "--no-auth", "--listen", "0.0.0.0:0"}, "want a loopback address"},
		{"no signatures, all addresses", []string{"--dir", dir, "--no-auth", "--listen", ":0"}, "want a loopback address"},
		{"no signatures and keys", []string{"--dir", dir, "--no-auth", "--credentials", open}, "exclude each other"},
		{"no signatures for other machines, over Flight", []string{"--dir", dir, "--no-auth", "--flight", "0.0.0.0:0"}, "--flight 0.0.0.0:0, want a loopback address"},
		{"secrets without TLS", []string{"--dir", dir, "--flight", ":0"}, "want --tls-cert and --tls-key, or --flight-cert"},
		{"a certificate without a key", []string{"--dir", dir, "--flight", "127.0.0.1:0", "--flight-cert", open}, "need each other"},
		{"no certificate", []string{"--dir", dir, "--listen", "127.0.0.1:0", "--no-auth", "--flight", "127.0.0.1:0", "--flight-cert", open, "--flight-key", open}, "--flight-cert " + open},
		{"a certificate and no address", []string{"--dir", dir, "--flight-cert", open, "--flight-key", open}, "want it with --flight"},
		{"no address", []string{"--dir", dir, "--flight", "x"}, "want an address such as 127.0.0.1:32010"},
		{"a reset with signatures", []string{"--dir", dir, "--reset"}, "want it with --no-auth"},
		{"keys that others can read", []string{"--dir", dir, "--credentials", open}, "others can read it"},
		{"a certificate without a key", []string{"--dir", dir, "--no-auth", "--tls-cert", open}, "want both or none"},
		{"a certificate that is none", []string{"--dir", dir, "--no-auth", "--tls-cert", open, "--tls-key", open}, "--tls-cert"},
		{"an account that is none", []string{"--dir", dir, "--no-auth", "--listen", "127.0.0.1:0", "--account", "1"}, "want 12 digits"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			code, _, stderr := command("", append([]string{"serve"}, tt.args...)...)
			require.Equal(t, exitUsage, code)
			require.Contains(t, stderr, tt.want)
		})
	}
}

// TestServeFlight: a registered user logs in over Arrow Flight SQL, and nobody else.
func TestServeFlight(t *testing.T) {
	serveFlight(t, nil, http.DefaultClient, insecure.NewCredentials())
}

// TestServeFlightTLS: the certificate of HTTP is that of Flight SQL, too.
func TestServeFlightTLS(t *testing.T) {
	flags, trust := newCertificate(t)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: trust}}
	defer client.CloseIdleConnections()
	serveFlight(t, flags, client, credentials.NewTLS(trust))
}

func serveFlight(t *testing.T, flags []string, client *http.Client, transport credentials.TransportCredentials) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		ended <- run(ctx, append([]string{"serve", "--dir", filepath.Join(t.TempDir(), "service"), "--no-auth", "--listen", "127.0.0.1:0", "--flight", "127.0.0.1:0"}, flags...), strings.NewReader(""), in, &stderr)
		in.Close()
	}()
	lines := bufio.NewReader(out)
	address := func() string {
		line, err := lines.ReadString('\n')
		require.NoError(t, err, stderr.String())
		_, address, _ := strings.Cut(strings.TrimSpace(line), " at ")
		return address
	}
	url, flight := address(), address()
	answer, err := client.Post(url+"/accounts/111122223333/namespaces/default/users", "application/json",
		strings.NewReader(`{"UserName": "al", "Email": "al@example.com", "UserRole": "READER", "IdentityType": "QUICKSIGHT"}`))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, 201, answer.StatusCode)
	c, err := flightsql.NewClient(flight, nil, nil, grpc.WithTransportCredentials(transport))
	require.NoError(t, err)
	_, err = c.Client.AuthenticateBasicToken(t.Context(), "default/somebody", "")
	require.Equal(t, codes.Unauthenticated, status.Code(err))
	with, err := c.Client.AuthenticateBasicToken(t.Context(), "default/al", "")
	require.NoError(t, err)
	info, err := c.GetTables(with, &flightsql.GetTablesOpts{})
	require.NoError(t, err)
	reader, err := c.DoGet(with, info.Endpoint[0].Ticket)
	require.NoError(t, err)
	for reader.Next() {
		require.Zero(t, reader.RecordBatch().NumRows(), "no data set yet")
	}
	require.NoError(t, reader.Err())
	reader.Release()
	require.NoError(t, c.Close())
	cancel()
	require.Zero(t, <-ended, stderr.String())
}
