package aws

import (
	"context"
	"errors"
	"fmt"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/rowsight/rowsight/spice/source"
)

// Secrets implements [source.Secrets] with AWS Secrets Manager. Every use reads
// the current version (AWSCURRENT), so a rotation applies to the next use.
type Secrets struct{ client *secretsmanager.Client }

var _ source.Secrets = (*Secrets)(nil)

// NewSecrets returns the secrets of a client of Secrets Manager.
func NewSecrets(client *secretsmanager.Client) *Secrets { return &Secrets{client} }

// Secret returns the current text of a secret.
func (s *Secrets) Secret(ctx context.Context, arn string) (source.Password, error) {
	if s == nil || s.client == nil {
		return source.Password{}, fmt.Errorf("%w: %s: %w", source.ErrDenied, arn, errZero)
	}
	out, err := s.client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})
	if err != nil {
		if ctx.Err() != nil {
			err = &because{ctx.Err(), err}
		}
		return source.Password{}, fmt.Errorf("secret %s: %w", arn, translate(err, map[string]error{
			"ResourceNotFoundException": source.ErrNoSecret,
			"InvalidRequestException":   source.ErrNoSecret, // it is marked for deletion
			"AccessDeniedException":     source.ErrDenied,
			"DecryptionFailure":         source.ErrDenied,
		}))
	}
	switch {
	case awssdk.ToString(out.ARN) != arn:
		return source.Password{}, fmt.Errorf("%w: %s: the answer is another secret", source.ErrNoSecret, arn)
	case out.SecretString == nil:
		return source.Password{}, fmt.Errorf("%w: %s: it is binary", source.ErrSecretForm, arn)
	case *out.SecretString == "":
		return source.Password{}, errors.Join(source.ErrSecretForm, fmt.Errorf("secret %s is empty", arn))
	}
	return source.NewPassword(*out.SecretString), nil
}
