package source

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/internal/recovered"
	"github.com/rowsight/rowsight/namespace"
)

// start checks an entry on a goroutine. It is called with the lock, or before
// anybody else has the catalog.
func (c *Catalog) start(e *entry) {
	done := make(chan struct{})
	e.done = done
	candidate := *e // what is checked: the change, or the entry itself
	if e.next != nil {
		candidate.apply(e.next)
	}
	c.checks.Go(func() {
		ctx, cancel := context.WithTimeout(c.ctx, c.opts.CheckTimeout)
		defer cancel()
		copied, err := c.check(ctx, &candidate)
		c.finish(e, done, copied, err)
	})
}

// apply puts a change into force.
func (e *entry) apply(n *change) {
	e.Name, e.DataSourceParameters, e.VpcConnectionProperties, e.SslProperties = n.name, n.parameters, n.vpc, n.ssl
	e.credentials, e.original, e.SecretArn = n.credentials, n.original, ""
	if n.credentials != nil {
		e.SecretArn = n.credentials.SecretArn
	}
}

// finish writes down what a check found out.
func (c *Catalog) finish(e *entry, done chan struct{}, copied *Credentials, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(done)
	if e.done = nil; c.ctx.Err() != nil {
		return // closed: in progress still, and checked again when opened again
	}
	e.LastUpdatedTime = c.opts.Now().UTC()
	before := e.Status
	switch {
	case err == nil:
		if e.next != nil {
			e.apply(e.next)
		}
		if copied != nil {
			e.credentials = copied
		}
		if e.Status = CreationSuccessful; before == UpdateInProgress {
			e.Status = UpdateSuccessful
		}
	default:
		if e.Status = CreationFailed; before == UpdateInProgress {
			e.Status = UpdateFailed
		}
		e.ErrorInfo = &ErrorInfo{Type: errorType(err), Message: err.Error(), err: err}
	}
	e.next = nil
	if err := c.save(); err != nil {
		// On disk it is in progress still, and will be checked again.
		e.Status = CreationFailed
		e.ErrorInfo = &ErrorInfo{Type: "UNKNOWN", Message: err.Error(), err: err}
	}
}

// check finds out whether a data source can be used. If it copies credentials,
// they are returned.
func (c *Catalog) check(ctx context.Context, e *entry) (copied *Credentials, err error) {
	defer func() {
		if p := recover(); p != nil { // of a function of the program's
			copied, err = nil, fmt.Errorf("%w: %w", errInternal, recovered.Error(p, nil))
		}
	}()
	if e.credentials != nil && e.credentials.CopySourceArn != "" {
		if copied, err = c.copyFrom(e.credentials.CopySourceArn, e.DataSourceParameters, e.SslProperties); err != nil {
			return nil, err
		}
		e.credentials = copied
	}
	login, err := c.login(ctx, e)
	if err != nil {
		return nil, err
	}
	if e.Type == Athena || e.Type == S3 || e.DataSourceParameters.RoleARN() != "" {
		access, err := c.access(ctx, e.DataSourceParameters, e.Type, e.Arn, nil)
		if err != nil {
			return nil, err
		}
		if e.Type == S3 {
			if _, err := c.manifest(ctx, e, access, nil); err != nil {
				return nil, err
			}
		}
	}
	if c.opts.Check != nil {
		return copied, login.scrub(c.opts.Check(ctx, e.DataSource, login))
	}
	return copied, nil
}

// copyFrom returns the credential pair of another data source, if it may be
// used with these parameters.
func (c *Catalog) copyFrom(arn string, p DataSourceParameters, ssl *SslProperties) (*Credentials, error) {
	a, err := parseDataSourceARN(arn)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCopySource, err)
	}
	from, err := c.ready(a.Name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrCopySource, err)
	case from.Arn != arn:
		return nil, fmt.Errorf("%w: %s is not of this account and Region", ErrCopySource, arn)
	case from.credentials == nil || from.credentials.CredentialPair == nil:
		return nil, fmt.Errorf("%w: %s has no credential pair", ErrCopySource, arn)
	case !from.credentials.CredentialPair.fits(p, from.original):
		return nil, fmt.Errorf("%w: those of %s are for other parameters", ErrCopySource, arn)
	case plaintext(ssl) && !plaintext(from.SslProperties):
		return nil, fmt.Errorf("%w: those of %s are for connections with TLS", ErrCopySource, arn)
	}
	// The pair goes on with the parameters it is for, and no further.
	pair := from.credentials.clone()
	if pair.CredentialPair.AlternateDataSourceParameters == nil {
		pair.CredentialPair.AlternateDataSourceParameters = []DataSourceParameters{from.original}
	}
	return pair, nil
}

// login returns the credentials as they are now (K4); the zero Login if there
// are none.
func (c *Catalog) login(ctx context.Context, e *entry) (Login, error) {
	switch cr := e.credentials; {
	case cr == nil:
		return Login{}, nil
	case cr.SecretArn != "":
		return ReadLogin(ctx, c.opts.Secrets, cr.SecretArn)
	case cr.CredentialPair != nil:
		return cr.CredentialPair.login(), nil
	}
	return Login{}, ErrCredentials
}

// Login returns the current credentials of a data source. It reads the secret
// again, so it returns a rotated secret (K4). It is zero for a data source
// without credentials. Keep it no longer than the connection that it opens.
func (c *Catalog) Login(ctx context.Context, id string) (Login, error) {
	e, err := c.ready(id)
	if err != nil {
		return Login{}, err
	}
	return c.login(ctx, &e)
}

// Access returns the limits of a query on behalf of a viewer (K5). If the data
// source has a run-as role, only that role limits the query. Otherwise the
// account-wide role and the scope-down policy of the viewer do.
func (c *Catalog) Access(ctx context.Context, id string, viewer namespace.Principal) (Access, error) {
	e, err := c.ready(id)
	if err != nil {
		return Access{}, err
	}
	return c.access(ctx, e.DataSourceParameters, e.Type, e.Arn, &viewer)
}

// Files returns a Reader of the files of an [S3] data source, on behalf of a
// viewer. The [Catalog.Access] of the viewer must allow to read the manifest
// and the data. Each read looks up roles, policies, manifest and list of files
// again.
func (c *Catalog) Files(id string, viewer namespace.Principal, opts *ManifestOptions) Reader {
	return reading(func(ctx context.Context) (Reader, error) {
		e, err := c.ready(id)
		if err != nil {
			return nil, err
		}
		access, err := c.access(ctx, e.DataSourceParameters, e.Type, e.Arn, &viewer)
		if err != nil {
			return nil, err
		}
		return c.manifest(ctx, &e, access, opts)
	})
}

// manifest reads the manifest of a data source and returns a Reader of the files
// it names, after it has checked that all of them may be read.
func (c *Catalog) manifest(ctx context.Context, e *entry, access Access, opts *ManifestOptions) (Reader, error) {
	p := e.DataSourceParameters.S3Parameters
	if p == nil {
		return nil, fmt.Errorf("%w: %s, want %s", ErrParameters, e.Type, S3)
	}
	if c.opts.Objects == nil {
		return nil, fmt.Errorf("%w: the catalog was given no Objects", ErrManifest)
	}
	at := object{p.ManifestFileLocation.Bucket, p.ManifestFileLocation.Key}
	if err := checkBucket(at.bucket); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	if strings.HasSuffix(at.key, "/") {
		return nil, fmt.Errorf("%w: %s is a folder, want a file", ErrManifest, at)
	}
	if err := access.May("s3:GetObject", at.arn(c.opts.Partition)); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrManifest, at, err)
	}
	store := c.objects(e)
	r, err := store.Open(ctx, at.bucket, at.key)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrManifest, at, err)
	}
	defer r.Close()
	m, err := ParseManifest(r, &ParseOptions{File: at.String()})
	if err != nil {
		return nil, err
	}
	may := func(o object) error { return access.May("s3:GetObject", o.arn(c.opts.Partition)) }
	list := func(o object) error {
		return access.may("s3:ListBucket", "arn:"+c.opts.Partition+":s3:::"+o.bucket, map[string][]string{"s3:prefix": {o.key}})
	}
	return m.open(ctx, store, may, list, opts)
}

// objects are those that a data source sees: with a run-as role as that role,
// where the store knows roles.
func (c *Catalog) objects(e *entry) Objects {
	if a, ok := c.opts.Objects.(RoleObjects); ok {
		arn := e.DataSourceParameters.RoleARN()
		arn = cmp.Or(arn, c.opts.AccountRole)
		return a.As(arn)
	}
	return c.opts.Objects
}

// RoleObjects are Objects that can be read as a role. adapters/aws assumes the
// role.
type RoleObjects interface {
	Objects
	// As returns the objects as a role reads them.
	As(roleARN string) Objects
}
