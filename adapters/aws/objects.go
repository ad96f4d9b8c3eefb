package aws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"sync"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/rowsight/rowsight/spice/source"
)

// Objects implements [source.RoleObjects] with S3. A data source reads objects
// as its run-as role, or as the account-wide role.
type Objects struct {
	client *s3.Client
	opts   ObjectsOptions
	role   string // "" for the client's own credentials

	mu    *sync.Mutex
	roles map[string]*s3.Client // one for each role, with its credentials
}

// ObjectsOptions configure the use of roles. A nil *ObjectsOptions assumes no
// role.
type ObjectsOptions struct {
	// STS assumes the roles. Without it, reading as a role is an error.
	STS *sts.Client
	// SessionName is the session name in CloudTrail; "" means rowsight.
	SessionName string
	// ExternalID is the external ID for assuming a role; "" is none.
	ExternalID string
	// Duration is the lifetime of the credentials of a role; 0 means 15
	// minutes, the shortest possible time. A revoked role can be used until its
	// credentials expire.
	Duration time.Duration
}

var _ source.RoleObjects = (*Objects)(nil)

// NewObjects returns the objects of a client of S3.
func NewObjects(client *s3.Client, opts *ObjectsOptions) *Objects {
	o := &Objects{client: client, mu: new(sync.Mutex), roles: make(map[string]*s3.Client)}
	if opts != nil {
		o.opts = *opts
	}
	o.opts.SessionName = cmp.Or(o.opts.SessionName, "rowsight")
	o.opts.Duration = cmp.Or(o.opts.Duration, 15*time.Minute)
	return o
}

// As returns the objects as a role reads them. The first read assumes the role.
// If that fails, the error is [source.ErrTrust].
func (o *Objects) As(roleARN string) source.Objects {
	if o == nil || o.client == nil || o.opts.STS == nil || roleARN == "" {
		return refused{fmt.Errorf("%w: %s: the adapter has no client of STS", source.ErrTrust, roleARN)}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	client, ok := o.roles[roleARN]
	if !ok {
		provider := stscreds.NewAssumeRoleProvider(o.opts.STS, roleARN, func(a *stscreds.AssumeRoleOptions) {
			a.RoleSessionName, a.Duration = o.opts.SessionName, o.opts.Duration
			if o.opts.ExternalID != "" {
				a.ExternalID = &o.opts.ExternalID
			}
		})
		client = s3.New(o.client.Options(), func(s *s3.Options) {
			s.Credentials = awssdk.NewCredentialsCache(trusted{provider, roleARN})
		})
		o.roles[roleARN] = client
	}
	return &Objects{client: client, opts: o.opts, role: roleARN, mu: o.mu, roles: o.roles}
}

// trusted gives the failure to assume a role its name.
type trusted struct {
	awssdk.CredentialsProvider
	role string
}

// Retrieve assumes the role.
func (t trusted) Retrieve(ctx context.Context) (awssdk.Credentials, error) {
	c, err := t.CredentialsProvider.Retrieve(ctx)
	if err == nil {
		return c, nil
	}
	if ctx.Err() != nil {
		return awssdk.Credentials{}, &because{ctx.Err(), err}
	}
	if code := errorCode(err); code == "AccessDenied" || code == "AccessDeniedException" || code == "ValidationError" {
		return awssdk.Credentials{}, &because{fmt.Errorf("%w: %s", source.ErrTrust, t.role), err}
	}
	return awssdk.Credentials{}, err
}

// Open opens an object.
func (o *Objects) Open(ctx context.Context, bucket, key string) (io.ReadCloser, error) {
	if o == nil || o.client == nil {
		return nil, fmt.Errorf("%w: %w", source.ErrDenied, errZero)
	}
	out, err := o.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return nil, fmt.Errorf("s3://%s/%s: %w", bucket, key, objectError(ctx, err))
	}
	return out.Body, nil
}

// List returns the keys with a prefix.
func (o *Objects) List(ctx context.Context, bucket, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if o == nil || o.client == nil {
			yield("", fmt.Errorf("%w: %w", source.ErrDenied, errZero))
			return
		}
		pages := s3.NewListObjectsV2Paginator(o.client, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield("", fmt.Errorf("s3://%s/%s: %w", bucket, prefix, objectError(ctx, err)))
				return
			}
			for _, object := range page.Contents {
				if !yield(awssdk.ToString(object.Key), nil) {
					return
				}
			}
		}
	}
}

func objectError(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return &because{ctx.Err(), err}
	case errors.Is(err, source.ErrTrust):
		return err
	}
	return translate(err, map[string]error{
		"NoSuchKey":    fs.ErrNotExist,
		"NoSuchBucket": fs.ErrNotExist,
		"NotFound":     fs.ErrNotExist,
		"AccessDenied": source.ErrDenied,
		"Forbidden":    source.ErrDenied,
	})
}

// refused are objects that cannot be read.
type refused struct{ err error }

func (r refused) Open(context.Context, string, string) (io.ReadCloser, error) { return nil, r.err }

func (r refused) List(context.Context, string, string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) { yield("", r.err) }
}
