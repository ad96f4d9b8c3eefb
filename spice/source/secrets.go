package source

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
)

// Secrets looks up secrets. It is called at every use, so a rotated secret
// applies from the next use (K4). Implementations are safe for concurrent use.
// [OpenSecrets] uses local files; adapters/aws uses AWS Secrets Manager.
type Secrets interface {
	// Secret returns the current text of a secret. The error wraps ErrNoSecret
	// or ErrDenied if that is the reason.
	Secret(ctx context.Context, arn string) (Password, error)
}

// ReadLogin returns the user name and password of a secret:
//
//	{"username": "…", "password": "…", "host": "ignored", …}
//
// Both must be text that is not empty. Other fields are ignored. Errors contain
// nothing of the secret.
func ReadLogin(ctx context.Context, secrets Secrets, arn string) (Login, error) {
	if secrets == nil {
		return Login{}, fmt.Errorf("%w: %s: the catalog was given no Secrets", ErrNoSecret, arn)
	}
	secret, err := secrets.Secret(ctx, arn)
	if err != nil {
		return Login{}, err
	}
	d, err := jsondoc.Read(strings.NewReader(secret.Reveal()), "", nil)
	if err != nil || d.Root.Kind != jsondoc.Object || d.Err() != nil {
		return Login{}, fmt.Errorf("%w: %s", ErrSecretForm, arn)
	}
	var texts [2]string
	for i, name := range []string{"username", "password"} {
		v := d.Root.Member(name)
		if v == nil || v.Kind != jsondoc.Text || v.Text == "" {
			return Login{}, fmt.Errorf("%w: %s: %s", ErrSecretForm, arn, name)
		}
		texts[i] = v.Text
	}
	return Login{NewPassword(texts[0]), NewPassword(texts[1])}, nil
}

// SecretMap holds secrets in memory, for tests and for programs with another
// source of secrets. It must not be changed while in use.
type SecretMap map[string]Password

// Secret returns an entry of the map.
func (m SecretMap) Secret(ctx context.Context, arn string) (Password, error) {
	secret, ok := m[arn]
	if !ok {
		return Password{}, fmt.Errorf("%w: %s", ErrNoSecret, arn)
	}
	return secret, ctx.Err()
}

// errorType is how the API classifies an error of a data source.
func errorType(err error) string {
	switch {
	case errors.Is(err, ErrDenied), errors.Is(err, ErrTrust), errors.Is(err, ErrNoRole), errors.Is(err, ErrManifest), errors.Is(err, ErrData), errors.Is(err, ErrExposed):
		return "ACCESS_DENIED"
	case errors.Is(err, ErrCopySource):
		return "COPY_SOURCE_NOT_FOUND"
	case errors.Is(err, context.DeadlineExceeded):
		return "TIMEOUT"
	case errors.Is(err, ErrConflict):
		return "CONFLICT"
	}
	return "UNKNOWN"
}
