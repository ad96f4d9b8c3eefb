package source

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
)

// Create creates a data source and returns it with the status
// [CreationInProgress]. The catalog then checks it in the background; see
// [Catalog.Wait] and [Catalog.Describe].
//
// Create returns an error at once for an id that is in use, another account, a
// secret that the caller may not read, and a role that the caller may not pass.
// The error contains every problem.
func (c *Catalog) Create(ctx context.Context, caller Caller, r *CreateDataSource) (DataSource, error) {
	if err := ctx.Err(); err != nil {
		return DataSource{}, err
	}
	if r == nil {
		return DataSource{}, ErrMissing
	}
	err := errors.Join(
		c.checkAccount(r.AwsAccountId), checkID(r.DataSourceId), checkName(r.Name), checkType(r.Type, r.DataSourceParameters),
		c.checkPermissions(r.Permissions), c.checkRole(caller, r.DataSourceParameters), c.checkCredentials(caller, r.DataSourceParameters, r.Credentials),
	)
	if err != nil {
		return DataSource{}, err
	}
	now := c.opts.Now().UTC()
	e := &entry{
		DataSource: DataSource{
			Arn: c.arn(r.DataSourceId), DataSourceId: r.DataSourceId, Name: r.Name, Type: r.Type, Status: CreationInProgress, CreatedTime: now, LastUpdatedTime: now,
			DataSourceParameters: r.DataSourceParameters.clone(), VpcConnectionProperties: copyOf(r.VpcConnectionProperties), SslProperties: copyOf(r.SslProperties),
			Permissions: clonePermissions(r.Permissions), Tags: slices.Clone(r.Tags),
		},
		credentials: r.Credentials.clone(),
		original:    r.DataSourceParameters.clone(),
	}
	if r.Credentials != nil {
		e.SecretArn = r.Credentials.SecretArn
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return DataSource{}, ErrClosed
	case c.entries[r.DataSourceId] != nil:
		return DataSource{}, fmt.Errorf("%w: %q", ErrExists, plain.Abridge(r.DataSourceId, maxShown))
	}
	c.entries[r.DataSourceId] = e
	if err := c.save(); err != nil {
		delete(c.entries, r.DataSourceId)
		return DataSource{}, err
	}
	c.start(e)
	return e.public(), nil
}

// Update changes a data source and returns it with the status
// [UpdateInProgress]. The old settings stay in force until the check of the new
// ones has succeeded. If the check fails, they stay.
func (c *Catalog) Update(ctx context.Context, caller Caller, r *UpdateDataSource) (DataSource, error) {
	if err := ctx.Err(); err != nil {
		return DataSource{}, err
	}
	if r == nil {
		return DataSource{}, ErrMissing
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e, err := c.find(r.DataSourceId)
	switch {
	case err != nil:
		return DataSource{}, err
	case e.done != nil:
		return DataSource{}, fmt.Errorf("%w: %s is %s", ErrConflict, e.DataSourceId, e.Status)
	}
	next := &change{
		name: r.Name, parameters: r.DataSourceParameters.clone(), vpc: copyOf(r.VpcConnectionProperties), ssl: copyOf(r.SslProperties),
		credentials: r.Credentials.clone(), original: r.DataSourceParameters.clone(),
	}
	err = errors.Join(c.checkAccount(r.AwsAccountId), checkName(r.Name), checkType(e.Type, r.DataSourceParameters), c.checkRole(caller, r.DataSourceParameters))
	if r.Credentials == nil {
		next.credentials, next.original = e.credentials, e.original
		err = errors.Join(err, c.checkKept(caller, e, r.DataSourceParameters))
		if e.credentials != nil && plaintext(r.SslProperties) && !plaintext(e.SslProperties) {
			err = errors.Join(err, &Error{Field: "SslProperties", Err: fmt.Errorf("%w: a connection without TLS needs the credentials again", ErrCredentials)})
		}
	} else {
		err = errors.Join(err, c.checkCredentials(caller, r.DataSourceParameters, r.Credentials))
	}
	if err != nil {
		return DataSource{}, err
	}
	before := e.DataSource
	e.next, e.Status, e.LastUpdatedTime, e.ErrorInfo = next, UpdateInProgress, c.opts.Now().UTC(), nil
	if before.Status == CreationFailed {
		e.Status = CreationInProgress // there is nothing in force yet
	}
	if err := c.save(); err != nil {
		e.DataSource, e.next = before, nil
		return DataSource{}, err
	}
	c.start(e)
	return e.public(), nil
}

// plaintext reports whether a connection is made without TLS.
func plaintext(s *SslProperties) bool { return s != nil && s.DisableSsl }

// checkKept says whether an update may go on with the credentials there are.
func (c *Catalog) checkKept(caller Caller, e *entry, p DataSourceParameters) error {
	switch {
	case e.credentials == nil:
		return nil
	case e.credentials.CredentialPair != nil && !reflect.DeepEqual(p, e.DataSourceParameters) && !e.credentials.CredentialPair.fits(p, e.original):
		return &Error{Field: "Credentials", Err: fmt.Errorf("%w: changed parameters need the credentials again", ErrCredentials)}
	}
	return c.checkCredentials(caller, p, e.credentials)
}

func (c *Catalog) checkAccount(account string) error {
	if account != "" && account != c.opts.Account {
		return &Error{Field: "AwsAccountId", Err: fmt.Errorf("%w: got %q, want %s", ErrAccount, plain.Abridge(account, maxShown), c.opts.Account)}
	}
	return nil
}

func checkID(id string) error {
	if id == "" || len(id) > 512 || strings.ContainsAny(id, "/:*? \n\t\r") {
		return &Error{Field: "DataSourceId", Err: fmt.Errorf("%w: got %q, want 1 to 512 characters without blanks, '/', ':' and wildcards", ErrValue, plain.Abridge(id, maxShown))}
	}
	return nil
}

func checkName(name string) error {
	if n := len([]rune(name)); n < 1 || n > 128 {
		return &Error{Field: "Name", Err: fmt.Errorf("%w: got %d characters, want 1 to 128", ErrLimit, n)}
	}
	return nil
}

func checkType(t Type, p DataSourceParameters) error {
	switch {
	case !slices.Contains([]Type{Athena, Redshift, PostgreSQL, S3, File}, t):
		return &Error{Field: "Type", Err: fmt.Errorf("%w: got %q", ErrValue, plain.Abridge(string(t), maxShown))}
	case p == DataSourceParameters{} && t == File:
		return nil
	case p.Type() != t:
		return &Error{Field: "DataSourceParameters", Err: fmt.Errorf("%w: %s", ErrParameters, t)}
	}
	return nil
}

// checkPermissions: data sources are shared with users and groups of the
// account, not with namespaces.
func (c *Catalog) checkPermissions(all []ResourcePermission) error {
	var errs []error
	for i, p := range all {
		a, err := namespace.ParseARN(p.Principal)
		switch {
		case err != nil:
		case a.Kind != namespace.KindUser && a.Kind != namespace.KindGroup:
			err = fmt.Errorf("%w: got a %s, want a user or group", ErrValue, a.Kind)
		case a.Account != c.opts.Account || a.Partition != c.opts.Partition:
			err = fmt.Errorf("%w: got %s, want %s", ErrAccount, a.Account, c.opts.Account)
		}
		if err != nil {
			errs = append(errs, &Error{Field: fmt.Sprintf("Permissions[%d].Principal", i), Err: err})
		}
	}
	return errors.Join(errs...)
}

// checkCredentials holds the rules of K4 that need no secret: a caller uses the
// secrets it may read itself, whatever the service may.
func (c *Catalog) checkCredentials(caller Caller, p DataSourceParameters, cr *Credentials) error {
	if cr == nil {
		return nil
	}
	set := 0
	for _, is := range []bool{cr.CredentialPair != nil, cr.SecretArn != "", cr.CopySourceArn != ""} {
		if is {
			set++
		}
	}
	if set != 1 {
		return &Error{Field: "Credentials", Err: fmt.Errorf("%w: got %d", ErrCredentials, set)}
	}
	if r := p.RedshiftParameters; r != nil && r.IAMParameters != nil {
		return &Error{Field: "Credentials", Err: fmt.Errorf("%w: IAMParameters log in instead of them", ErrCredentials)}
	}
	switch {
	case cr.SecretArn != "":
		if !isSecretARN(cr.SecretArn) {
			return &Error{Field: "Credentials.SecretArn", Err: fmt.Errorf("%w: want the ARN of a secret", ErrValue)}
		}
		if err := caller.Policy.decide(ErrDenied, "secretsmanager:GetSecretValue", cr.SecretArn, nil); err != nil {
			return err
		}
	case cr.CopySourceArn != "":
		if _, err := parseDataSourceARN(cr.CopySourceArn); err != nil {
			return &Error{Field: "Credentials.CopySourceArn", Err: err}
		}
	default:
		if cr.CredentialPair.Username == "" || cr.CredentialPair.Password.IsZero() {
			return &Error{Field: "Credentials.CredentialPair", Err: fmt.Errorf("%w: want Username and Password", ErrMissing)}
		}
	}
	return nil
}
