package accountpull

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
)

// A client sends signed GET requests.
type client struct {
	cfg       aws.Config
	endpoint  string
	account   string
	imitation bool // the endpoint is not that of AWS
	retryer   aws.Retryer
	signer    *v4.Signer
	http      aws.HTTPClient
}

func newClient(cfg aws.Config, o Options) (*client, error) {
	c := &client{cfg: cfg, endpoint: strings.TrimSuffix(o.Endpoint, "/"), account: o.Account, imitation: o.Endpoint != "", signer: v4.NewSigner(), http: cfg.HTTPClient}
	if c.endpoint == "" && cfg.BaseEndpoint != nil {
		c.endpoint = strings.TrimSuffix(*cfg.BaseEndpoint, "/")
	}
	if cfg.Region == "" {
		return nil, errors.New("the Region is missing")
	}
	if c.endpoint == "" {
		suffix := "amazonaws.com"
		if strings.HasPrefix(cfg.Region, "cn-") {
			suffix += ".cn"
		}
		c.endpoint = "https://quicksight." + cfg.Region + "." + suffix
	}
	if cfg.Credentials == nil {
		return nil, errors.New("credentials are missing")
	}
	if c.http == nil {
		c.http = &http.Client{Timeout: time.Minute}
	}
	if c.retryer = o.Retryer; c.retryer == nil {
		c.retryer = retry.NewStandard(func(s *retry.StandardOptions) { s.MaxAttempts = maxAttempts; s.MaxBackoff = 30 * time.Second })
	}
	return c, nil
}

// maxAttempts is how often a call is tried. QuickSight throttles List operations
// to a few in a second.
const maxAttempts = 8

// maxAnswer bounds one answer.
const maxAnswer = 64 << 20

// An apiError is an error that the service answered.
type apiError struct {
	operation, code, message string
	status                   int
}

func (e *apiError) Error() string {
	text := fmt.Sprintf("%s: HTTP %d", e.operation, e.status)
	if e.code != "" {
		text = e.operation + ": " + e.code
	}
	if e.message != "" {
		text += ": " + e.message
	}
	return text
}

// ErrorCode and the methods below are how the SDK decides what is tried again.
func (e *apiError) ErrorCode() string             { return e.code }
func (e *apiError) ErrorMessage() string          { return e.message }
func (e *apiError) ErrorFault() smithy.ErrorFault { return smithy.FaultUnknown }
func (e *apiError) HTTPStatusCode() int           { return e.status }

// missing reports whether the resource of a call is not there.
func (e *apiError) missing() bool { return e.code == "ResourceNotFoundException" }

// denied reports whether the caller may not make the call.
func (e *apiError) denied() bool {
	return e.code == "AccessDeniedException" || e.code == "AccessDenied" || e.code == "UnauthorizedException"
}

// absent reports whether the service does not have the operation: an edition
// without it, or an imitation of the service, which answers with a page of HTML or
// an error of its own. Of AWS itself such an answer is an error.
func (e *apiError) absent(imitation bool) bool {
	return e.code == "UnsupportedUserEditionException" ||
		imitation && (e.status == http.StatusNotImplemented || e.code == "" && (e.status == http.StatusNotFound || e.status == http.StatusInternalServerError))
}

// get calls an operation and returns the members of its answer. Segments of the
// path are escaped; those behind the account are given.
func (c *client) get(ctx context.Context, operation string, query url.Values, segments ...string) (map[string]json.RawMessage, error) {
	address := c.endpoint + "/accounts/" + url.PathEscape(c.account)
	for _, s := range segments {
		address += "/" + strings.ReplaceAll(url.PathEscape(s), "+", "%2B")
	}
	if len(query) > 0 {
		address += "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
	}
	for attempt := 1; ; attempt++ {
		answer, err := c.once(ctx, operation, address)
		if api, ok := errors.AsType[*apiError](err); ok && api.absent(c.imitation) {
			return nil, err
		}
		if err == nil || ctx.Err() != nil || attempt >= c.retryer.MaxAttempts() || !c.retryer.IsErrorRetryable(err) {
			return answer, err
		}
		delay, err2 := c.retryer.RetryDelay(attempt, err)
		if err2 != nil {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(delay):
		}
	}
}

func (c *client) once(ctx context.Context, operation, address string) (map[string]json.RawMessage, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operation, err)
	}
	credentials, err := c.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	empty := sha256.Sum256(nil)
	if err := c.signer.SignHTTP(ctx, credentials, req, hex.EncodeToString(empty[:]), "quicksight", c.cfg.Region, time.Now()); err != nil {
		return nil, fmt.Errorf("%s: %w", operation, err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, &lostError{operation, err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operation, err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("%s: an answer of more than %d bytes", operation, maxAnswer)
	}
	var answer map[string]json.RawMessage
	err = json.NewDecoder(bytes.NewReader(body)).Decode(&answer)
	if resp.StatusCode/100 != 2 {
		return nil, failure(operation, resp, answer)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: the answer is not a JSON object", operation)
	}
	return answer, nil
}

// failure reads an answer that is an error.
func failure(operation string, resp *http.Response, answer map[string]json.RawMessage) error {
	text := func(names ...string) (s string) {
		for _, name := range names {
			if json.Unmarshal(answer[name], &s) == nil && s != "" {
				return s
			}
		}
		return ""
	}
	code := resp.Header.Get("X-Amzn-ErrorType")
	if code == "" {
		code = text("__type", "code", "Code")
	}
	code, _, _ = strings.Cut(code, ":")
	code = code[strings.LastIndexByte(code, '#')+1:]
	return &apiError{operation: operation, code: code, message: text("Message", "message"), status: resp.StatusCode}
}

// A lostError is a request that got no answer. It is tried again.
type lostError struct {
	operation string
	err       error
}

func (e *lostError) Error() string { return e.operation + ": " + e.err.Error() }
func (e *lostError) Unwrap() error { return e.err }

// CanRetry is how the SDK asks.
func (e *lostError) CanRetry() bool        { return true }
func (e *lostError) RetryableError() bool  { return true }
func (e *lostError) ConnectionError() bool { return true }
