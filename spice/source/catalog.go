package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
)

// A Status is the state of a data source, named as in the API.
type Status string

// The statuses of a data source.
const (
	CreationInProgress Status = "CREATION_IN_PROGRESS"
	CreationSuccessful Status = "CREATION_SUCCESSFUL"
	CreationFailed     Status = "CREATION_FAILED"
	UpdateInProgress   Status = "UPDATE_IN_PROGRESS"
	UpdateSuccessful   Status = "UPDATE_SUCCESSFUL"
	UpdateFailed       Status = "UPDATE_FAILED"
)

// A DataSource describes a data source. It contains no credential.
type DataSource struct {
	Arn                     string
	DataSourceId            string
	Name                    string
	Type                    Type
	Status                  Status
	CreatedTime             time.Time
	LastUpdatedTime         time.Time
	DataSourceParameters    DataSourceParameters
	VpcConnectionProperties *VpcConnectionProperties `json:",omitempty"`
	SslProperties           *SslProperties           `json:",omitempty"`
	Permissions             []ResourcePermission     `json:",omitempty"`
	Tags                    []Tag                    `json:",omitempty"`
	SecretArn               string                   `json:",omitempty"`
	ErrorInfo               *ErrorInfo               `json:",omitempty"`
}

// ErrorInfo is the reason why a data source could not be created or updated.
type ErrorInfo struct {
	Type    string // ACCESS_DENIED, COPY_SOURCE_NOT_FOUND, TIMEOUT, CONFLICT or UNKNOWN
	Message string
	err     error
}

// Err returns the reason for [errors.Is], or nil if the catalog has been
// reopened since.
func (e *ErrorInfo) Err() error { return e.err }

// Options configure [OpenCatalog].
type Options struct {
	Account   string // 12 digits; required
	Region    string // required
	Partition string // "" means aws

	// Dir is the folder of the data sources, including credential pairs, which
	// only its owner may read. Only one catalog at a time may use it. "" keeps
	// the data sources in memory.
	Dir string

	Secrets Secrets // nil has none
	Roles   Roles   // nil has none
	Objects Objects // of S3 data sources; nil is none
	Files   fs.FS   // of FILE data sources; nil is none

	// AccountRole is the ARN of the role for data sources without a run-as
	// role.
	AccountRole string
	// ScopeDown returns the scope-down policy of a viewer, or nil if the viewer
	// has none. If ScopeDown is nil, no viewer has one.
	ScopeDown func(ctx context.Context, viewer namespace.Principal) (*Policy, error)

	// Check tries to connect to a new or changed data source. Before it, the
	// catalog checks that credentials and role exist, and that manifest and
	// files can be read. nil does not connect.
	Check func(ctx context.Context, d DataSource, login Login) error
	// CheckTimeout limits the time of all checks of one data source; 0 means a
	// minute.
	CheckTimeout time.Duration

	Now func() time.Time // nil means time.Now
}

// A Caller is the identity that calls the catalog. Its policies decide whether
// it may use a secret or pass a role. The zero Caller may do neither.
type Caller struct{ Policy Policy }

// A Catalog holds the data sources of one account and Region. It is safe for
// concurrent use. Build it with [OpenCatalog].
//
// The program decides who may call the catalog. The catalog checks the use of
// secrets, roles and copied credentials.
type Catalog struct {
	opts   Options
	ctx    context.Context // of checks; ends with Close
	cancel context.CancelFunc
	checks sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	entries map[string]*entry
}

// An entry is a data source with what the catalog keeps to itself. The definition in
// force is not changed by an update before that has succeeded.
type entry struct {
	DataSource
	credentials *Credentials         // as the request had them
	original    DataSourceParameters // with which a credential pair came
	next        *change
	done        chan struct{} // closed when the check under way has ended
}

// A change is what an update will make of an entry.
type change struct {
	name        string
	parameters  DataSourceParameters
	vpc         *VpcConnectionProperties
	ssl         *SslProperties
	credentials *Credentials
	original    DataSourceParameters
}

// OpenCatalog opens a catalog. If it has a folder, unfinished checks of data
// sources start again.
func OpenCatalog(opts *Options) (*Catalog, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if !arn.IsAccount(o.Account) || o.Region == "" {
		return nil, fmt.Errorf("%w: got %q in %q, want an account of 12 digits and a Region", ErrAccount, o.Account, o.Region)
	}
	o.Partition = cmp.Or(o.Partition, "aws")
	o.CheckTimeout = cmp.Or(o.CheckTimeout, time.Minute)
	if o.Now == nil {
		o.Now = time.Now
	}
	c := &Catalog{opts: o, entries: make(map[string]*entry)}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	if err := c.load(); err != nil {
		c.cancel()
		return nil, err
	}
	for _, e := range c.entries {
		if e.Status == CreationInProgress || e.Status == UpdateInProgress {
			c.start(e)
		}
	}
	return c, nil
}

// Close cancels running checks. Their data sources stay in progress.
func (c *Catalog) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.cancel()
	c.checks.Wait()
	return nil
}

// Format prints the account of the catalog for every verb. Without it, fmt
// would read fields that other goroutines change.
func (c *Catalog) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "data sources of %s in %s", c.opts.Account, c.opts.Region)
}

// Describe returns a data source.
func (c *Catalog) Describe(id string) (DataSource, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, err := c.find(id)
	if err != nil {
		return DataSource{}, err
	}
	return e.public(), nil
}

// List returns all data sources, ordered by id.
func (c *Catalog) List() []DataSource {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []DataSource
	for _, id := range slices.Sorted(maps.Keys(c.entries)) {
		all = append(all, c.entries[id].public())
	}
	return all
}

// public returns a copy for callers, which they may change.
func (e *entry) public() DataSource {
	d := e.DataSource
	d.DataSourceParameters = d.DataSourceParameters.clone()
	d.VpcConnectionProperties, d.SslProperties, d.ErrorInfo = copyOf(d.VpcConnectionProperties), copyOf(d.SslProperties), copyOf(d.ErrorInfo)
	d.Permissions, d.Tags = clonePermissions(d.Permissions), slices.Clone(d.Tags)
	return d
}

func clonePermissions(all []ResourcePermission) []ResourcePermission {
	all = slices.Clone(all)
	for i := range all {
		all[i].Actions = slices.Clone(all[i].Actions)
	}
	return all
}

// Wait waits until a data source is no longer being created or updated, and
// returns it.
func (c *Catalog) Wait(ctx context.Context, id string) (DataSource, error) {
	for {
		c.mu.Lock()
		e, err := c.find(id)
		if err != nil {
			c.mu.Unlock()
			return DataSource{}, err
		}
		d, done := e.public(), e.done
		c.mu.Unlock()
		if done == nil {
			return d, nil
		}
		select {
		case <-ctx.Done():
			return DataSource{}, ctx.Err()
		case <-c.ctx.Done():
			return DataSource{}, ErrClosed
		case <-done:
		}
	}
}

// Delete removes a data source.
func (c *Catalog) Delete(id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, err := c.find(id)
	if err != nil {
		return err
	}
	delete(c.entries, id)
	if err := c.save(); err != nil {
		c.entries[id] = e
		return err
	}
	return nil
}

// find is called with the lock.
func (c *Catalog) find(id string) (*entry, error) {
	if c.closed {
		return nil, ErrClosed
	}
	e, ok := c.entries[id]
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrNotFound, plain.Abridge(id, maxShown))
	}
	return e, nil
}

// arn is the ARN of a data source of this catalog.
func (c *Catalog) arn(id string) string {
	return fmt.Sprintf("arn:%s:quicksight:%s:%s:datasource/%s", c.opts.Partition, c.opts.Region, c.opts.Account, id)
}

// ready returns an entry that can be used, with the definition in force.
func (c *Catalog) ready(id string) (entry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, err := c.find(id)
	if err != nil {
		return entry{}, err
	}
	if e.Status == CreationInProgress || e.Status == CreationFailed {
		return entry{}, fmt.Errorf("%w: %s is %s", ErrNotReady, id, e.Status)
	}
	return *e, nil
}

var errInternal = errors.New("internal error")
