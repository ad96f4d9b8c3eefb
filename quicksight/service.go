package quicksight

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/namespace/filestore"
	"github.com/rowsight/rowsight/quicksight/internal/model"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/spice/observe"
	"github.com/rowsight/rowsight/spice/source"
)

// Options say whose account a [Service] is and who may call it.
type Options struct {
	Account   string // 12 digits; required
	Region    string // required
	Partition string // "" is aws

	// Credentials are the keys that requests are signed with. Nil, and
	// Credentials without a key, refuse every request.
	Credentials *Credentials
	// Unauthenticated lets every program on this machine do everything, without a
	// signature. Requests to another host than localhost, and those that a page
	// of another site makes a browser send, are refused.
	Unauthenticated bool

	// URL is where browsers reach the service, for embed URLs:
	// https://bi.example.com. "" is http://127.0.0.1:8080.
	URL string

	// Objects are the files of S3 data sources. Nil is the folder "s3" in the
	// folder of the service, which has a folder for each bucket.
	Objects source.Objects
	// Roles are the IAM roles of data sources. Nil is the file "roles.json" in the
	// folder, and no role without it. Data sources without a run-as role may read
	// all Objects.
	Roles source.Roles
	// Secrets are the secrets that data sources name. Nil is the file
	// "secrets.json" in the folder, and no secret without it.
	Secrets source.Secrets

	// OpenDatabase opens the database of a PostgreSQL data source, with a driver
	// that the program chooses; it is closed after each read. Nil opens none:
	// then no data set reads a database.
	OpenDatabase func(ctx context.Context, n source.Connection) (*sql.DB, error)

	// Ingestions is how many data sets are ingested at once. Others are QUEUED, and so are
	// further ingestions of the same data set. 0 is 2.
	Ingestions int
	// IngestionTime is how long an ingestion reads its rows. One that takes longer fails
	// with the error type QUERY_TIMEOUT, and the rows of before stay. 0 is an hour.
	IngestionTime time.Duration

	// Domains may frame dashboards whose request names no AllowedDomains, as the
	// list of domains in the console of QuickSight, for which the API has no
	// operation. Without Domains, only the service itself may.
	Domains []string

	// Observer follows the operations of the API, and those of the store and of
	// embedding; see package observe. Nil observes nothing.
	Observer observe.Observer

	// Logger gets the reason of every error that a caller is not told. Nil is
	// slog.Default.
	Logger *slog.Logger
	// Now is the clock. Nil is time.Now.
	Now func() time.Time
}

// ErrOptions says that a service cannot be opened with its options.
var ErrOptions = errors.New("not usable as options")

// A Service serves the API of QuickSight for one account in one Region. It is an
// [http.Handler] and safe for concurrent use. The zero Service refuses every
// request. Build one with [Open].
type Service struct {
	opts Options
	root *caller // with Unauthenticated

	model      *model.Model
	operations map[string]operation
	tokens     *tokens
	records    *records
	directory  *namespace.Directory
	admin      namespace.View
	audit      *audit.Log
	keys       *keys.Local
	store      *spice.Store
	catalog    *source.Catalog
	codes      *embed.Files
	boards     *embed.Dashboards
	embed      *embed.Server
	pages      http.Handler
	opened     []io.Closer // in the order in which they were opened

	changing sync.Mutex     // held while an asset is created, changed or deleted
	running  sync.WaitGroup // ingestions
	ingest   ingests
	ctx      context.Context // of ingestions; ends with Close
	cancel   context.CancelFunc
}

var accountID = regexp.MustCompile(`^[0-9]{12}$`)

// Open opens the service in a folder, which it creates if it does not exist.
// Only one process at a time can open a folder. Open undoes changes that a
// killed process left incomplete. [Service.Close] releases the folder.
func Open(ctx context.Context, dir string, opts *Options) (*Service, error) {
	s := new(Service)
	if opts != nil {
		s.opts = *opts
	}
	o := &s.opts
	if !accountID.MatchString(o.Account) || o.Region == "" {
		return nil, fmt.Errorf("%w: got the account %q in %q, want 12 digits and a Region", ErrOptions, o.Account, o.Region)
	}
	o.Partition = cmp.Or(o.Partition, "aws")
	o.URL = cmp.Or(o.URL, "http://127.0.0.1:8080")
	o.Logger = cmp.Or(o.Logger, slog.Default())
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := s.ingest.open(o); err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if err := s.open(ctx, dir); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Service) open(ctx context.Context, dir string) (err error) {
	o := &s.opts
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if s.model, err = model.Load(); err != nil {
		return err
	}
	if s.root, err = everything(o.Partition, o.Account); err != nil {
		return err
	}
	secret, err := openSecret(filepath.Join(dir, "service.key"))
	if err != nil {
		return err
	}
	if s.tokens, err = newTokens(secret); err != nil {
		return err
	}
	if s.records, err = openRecords(ctx, filepath.Join(dir, "service.log")); err != nil {
		return err
	}
	s.opened = append(s.opened, s.records.log)
	log, err := filestore.Open(filepath.Join(dir, "directory.log"))
	if err != nil {
		return err
	}
	s.opened = append(s.opened, log)
	if s.directory, err = namespace.Open(ctx, log, o.Account, o.Region, &namespace.Options{Partition: o.Partition}); err != nil {
		return err
	}
	s.admin = s.directory.Administrator()
	if s.audit, err = audit.OpenLog(filepath.Join(dir, "audit.jsonl"), &audit.LogOptions{Now: o.Now}); err != nil {
		return err
	}
	s.opened = append(s.opened, s.audit)
	if err := s.openData(ctx, dir); err != nil {
		return err
	}
	if err := s.openEmbedding(dir, secret); err != nil {
		return err
	}
	s.operations = s.table()
	if err := s.recover(ctx); err != nil {
		return err
	}
	s.running.Add(1)
	go s.keepSchedules()
	return nil
}

// openData opens the data sources, the keys and the rows.
func (s *Service) openData(ctx context.Context, dir string) (err error) {
	o := &s.opts
	objects := o.Objects
	if objects == nil {
		folder := filepath.Join(dir, "s3")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		root, err := os.OpenRoot(folder) // a link does not lead out of the folder
		if err != nil {
			return err
		}
		objects = source.Folder(root.FS())
	}
	account, err := accountRole(o.Partition, o.Account)
	if err != nil {
		return err
	}
	if o.Roles == nil {
		if o.Roles, err = readRoles(filepath.Join(dir, "roles.json")); err != nil {
			return err
		}
	}
	if o.Secrets == nil {
		if o.Secrets, err = readSecrets(filepath.Join(dir, "secrets.json")); err != nil {
			return err
		}
	}
	s.catalog, err = source.OpenCatalog(&source.Options{
		Account: o.Account, Region: o.Region, Partition: o.Partition, Dir: filepath.Join(dir, "sources"), Now: o.Now,
		Objects: objects, Secrets: o.Secrets, AccountRole: account.Arn, Roles: roles{account, o.Roles},
	})
	if err != nil {
		return err
	}
	s.opened = append(s.opened, s.catalog)
	if s.keys, err = keys.OpenLocal(filepath.Join(dir, "keys"), &keys.LocalOptions{Audit: s.audit, Now: o.Now}); err != nil {
		return err
	}
	s.opened = append(s.opened, s.keys)
	key, err := s.firstKey(ctx)
	if err != nil {
		return err
	}
	s.boards = &embed.Dashboards{Directory: s.directory}
	s.store, err = spice.Open(filepath.Join(dir, "spice"), &spice.Options{
		Partition: o.Partition, Region: o.Region, Account: o.Account, Keys: s.keys, Key: key,
		TrustedKeys: s.trustedKeys(ctx), Audit: s.audit, Access: access{s}, Observer: o.Observer, Now: o.Now,
	})
	if err == nil {
		s.opened = append(s.opened, s.store)
	}
	return err
}

func (s *Service) openEmbedding(dir string, secret []byte) (err error) {
	o := &s.opts
	ring, err := embed.NewRing(embed.Key{ID: "1", Secret: derive(secret, "embed")})
	if err != nil {
		return err
	}
	if s.codes, err = embed.OpenFiles(filepath.Join(dir, "sessions")); err != nil {
		return err
	}
	s.opened = append(s.opened, s.codes)
	s.embed, err = embed.New(embed.Site{
		Partition: o.Partition, Region: o.Region, Account: o.Account, URL: o.URL + embedPath,
		Data: s.store, Resources: s.boards, Keys: ring, Users: s.directory,
	}, &embed.Options{Codes: s.codes, Domains: o.Domains, Audit: s.audit, Observer: o.Observer, Logger: o.Logger, Now: o.Now})
	if errors.Is(err, embed.ErrSite) {
		err = fmt.Errorf("%w: %w", ErrOptions, err)
	}
	if err == nil {
		s.pages = s.newPages()
	}
	return err
}

// Close ends the ingestions that run and releases the folder. Requests that
// come later are refused.
func (s *Service) Close() error {
	if s == nil || s.cancel == nil {
		return nil
	}
	s.cancel()
	s.running.Wait()
	var errs []error
	for _, c := range slices.Backward(s.opened) {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// openSecret reads the secret of the service, and makes one in a new folder.
func openSecret(path string) ([]byte, error) {
	secret, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return newSecret(path)
	case err != nil:
		return nil, err
	case len(secret) != secretSize:
		return nil, fmt.Errorf("%w: %s: got %d bytes, want %d", ErrOptions, path, len(secret), secretSize)
	}
	return secret, nil
}

// Keys returns the keys of the folder: the service encrypts data sets with them,
// and [UpdateKeyRegistration] registers them. Whoever disables one locks the
// data sets that are under it.
//
// [UpdateKeyRegistration]: https://docs.aws.amazon.com/quicksight/latest/APIReference/API_UpdateKeyRegistration.html
func (s *Service) Keys() *keys.Local { return s.keys }
