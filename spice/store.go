package spice

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
	"github.com/rowsight/rowsight/spice/keys"
)

// A Store is a folder of datasets. It is safe for concurrent use. One process
// writes to a folder, others may open it with [Options.ReadOnly].
type Store struct {
	dir      string
	opts     Options
	disk     spicefile.FS
	keys     keys.Keys    // audited and cached; nil without
	granter  keys.Granter // of the same
	registry *keys.Registry
	mem      memory.Allocator
	filters  *batch.Cache
	answers  *answers  // nil if there is no cache
	kept     *keptRows // nil if there is no cache
	closers  []io.Closer
	lock     *folderLock // nil in a store that only reads
	trust    trust
	// anyOfPlace: no key is configured, so that every key of the account and Region
	// of the store counts as one of its own.
	anyOfPlace bool

	registering sync.Mutex // one change of the registered keys at a time

	mu       sync.Mutex
	datasets map[string]*Dataset // by folder
	closed   bool
}

// Open opens the store in a folder and creates the folder if it does not exist.
// The first read of each dataset removes the files that a crashed process left
// unfinished.
//
// Open does not need keys: a store whose keys are disabled opens, but its
// datasets do not (K3).
func Open(dir string, opts *Options) (*Store, error) { return open(dir, opts, spicefile.Disk{}) }

// open is Open on a disk that may fail.
func open(dir string, opts *Options, disk spicefile.FS) (*Store, error) {
	s := &Store{dir: dir, disk: disk, datasets: make(map[string]*Dataset)}
	if opts != nil {
		s.opts = *opts
	}
	if err := s.setUp(); err != nil {
		return nil, &Error{Op: "open", Err: errors.Join(err, s.release())}
	}
	return s, nil
}

func (s *Store) setUp() error {
	o := &s.opts
	o.Partition = cmp.Or(o.Partition, "aws")
	o.Region = cmp.Or(o.Region, "us-east-1")
	o.Account = cmp.Or(o.Account, "000000000000")
	if o.Now == nil {
		o.Now = time.Now
	}
	s.mem = o.Allocator
	if s.mem == nil {
		// Of the garbage collector, whatever the build tags: texts that a program
		// keeps must not change when their record is released.
		s.mem = memory.NewGoAllocator()
	}
	if o.AnswerCache < 0 {
		return fmt.Errorf("%w: AnswerCache is %d, want bytes from 0", ErrInput, o.AnswerCache)
	}
	if o.RowCache < 0 {
		return fmt.Errorf("%w: RowCache is %d, want bytes from 0", ErrInput, o.RowCache)
	}
	s.answers, s.kept = newAnswers(o.AnswerCache), newKeptRows(o.RowCache)
	s.filters = &batch.Cache{Options: &batch.Options{Allocator: s.mem, Workers: 1}}
	if o.KeyCache < 0 || o.KeyCache > MaxKeyCache {
		return fmt.Errorf("%w: KeyCache is %v, want at most %v", ErrInput, o.KeyCache, MaxKeyCache)
	}
	if o.Unencrypted && o.Keys != nil {
		return fmt.Errorf("%w: both Keys and Unencrypted are set", ErrInput)
	}
	if _, err := namespace.ParseARN(s.arn("x").String()); err != nil {
		return fmt.Errorf("%w: %w", ErrInput, err)
	}
	if o.ReadOnly {
		if o.Audit == nil {
			return fmt.Errorf("%w: a store opened for reading needs an Audit of its own", ErrInput)
		}
		if _, err := s.disk.ReadDir(s.dir); err != nil {
			return err
		}
	} else {
		if err := s.disk.MkdirAll(filepath.Join(s.dir, "datasets")); err != nil {
			return err
		}
		var err error
		if s.lock, err = lock(filepath.Join(s.dir, "LOCK")); err != nil {
			return err
		}
	}
	if err := s.setUpKeys(); err != nil {
		return err
	}
	if o.ReadOnly {
		return nil
	}
	return s.collect()
}

// setUpKeys opens the audit log, and wraps the keys so that each use leaves a
// record and, if the options say so, is not repeated for a while.
func (s *Store) setUpKeys() error {
	o := &s.opts
	if o.Audit == nil {
		log, err := audit.OpenLog(filepath.Join(s.dir, "audit.jsonl"), &audit.LogOptions{Now: o.Now, Witness: o.Witness, WitnessName: s.arn("*").String() + " audit"})
		if err != nil {
			return err
		}
		o.Audit = log
		s.closers = append(s.closers, log)
	}
	s.anyOfPlace = len(s.configured()) == 0
	service := o.Keys
	if service == nil && !o.Unencrypted {
		local, err := keys.OpenLocal(filepath.Clean(s.dir)+".keys", &keys.LocalOptions{Now: o.Now})
		if err != nil {
			return err
		}
		s.closers = append(s.closers, local)
		service = local
		if o.Key == "" && !o.ReadOnly {
			if o.Key, err = s.localKey(local); err != nil {
				return err
			}
		}
	}
	if service != nil {
		audited := keys.Audited(service, o.Audit)
		cache, err := keys.NewCache(servedKeys{audited}, o.KeyCache)
		if err != nil {
			return err
		}
		s.keys, s.granter = observedKeys{cache, o.Observer}, audited
		s.closers = append(s.closers, cache)
	}
	if !o.ReadOnly {
		registry, err := keys.OpenRegistry(s.registryPath())
		if err != nil {
			return err
		}
		s.registry = registry
	}
	return nil
}

// localKey returns a key of the local key service: the first that can be used,
// and where there are some but none can be used, one of these. To make another
// would be to get round whoever disabled them.
func (s *Store) localKey(local *keys.Local) (string, error) {
	all, err := local.List(context.Background())
	if err != nil {
		return "", err
	}
	for _, k := range all {
		if k.State == keys.Enabled && !k.Revoked {
			return k.ARN, nil
		}
	}
	if len(all) > 0 {
		return all[0].ARN, nil
	}
	return local.CreateKey(context.Background(), s.opts.Account, s.opts.Region)
}

// Close closes the store. Open streams end with [ErrClosed] before their next
// record, and other calls return [ErrClosed]. Files are closed when no stream
// reads them.
func (s *Store) Close() error {
	s.mu.Lock()
	closed := s.closed
	s.closed = true
	datasets := slices.Collect(maps.Values(s.datasets))
	s.mu.Unlock()
	if closed {
		return nil
	}
	for _, d := range datasets {
		d.close()
	}
	s.answers.close()
	s.kept.close()
	return failed("close", s.release())
}

// release gives back what the store holds, the last first.
func (s *Store) release() (err error) {
	for _, c := range slices.Backward(s.closers) {
		err = errors.Join(err, c.Close())
	}
	s.closers = nil
	if s.lock != nil {
		err = errors.Join(err, s.lock.release())
	}
	return err
}

// Stats returns the use of the cache of compiled filters since Open: hits,
// misses, and the bytes of the cached filters. Each filtered record looks up
// its filter once. Sessions with equal predicates share a filter, so Misses
// counts different predicates and not sessions; an evicted filter counts again.
// A read of other columns, such as [Dataset.Count], has its own filter.
func (s *Store) Stats() batch.CacheStats { return s.filters.Stats() }

// Dataset returns a dataset by its id.
func (s *Store) Dataset(id string) (*Dataset, error) {
	d, err := s.dataset(id)
	if err != nil {
		return nil, &Error{Dataset: id, Err: err}
	}
	return d, nil
}

func (s *Store) dataset(id string) (*Dataset, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	return s.find(folder(id))
}

// find returns the dataset of a folder. s.mu is held.
func (s *Store) find(name string) (*Dataset, error) {
	if d := s.datasets[name]; d != nil && !s.opts.ReadOnly {
		return d, nil
	}
	dir := filepath.Join(s.dir, "datasets", name)
	file, err := s.disk.ReadFile(statePath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoDataset
	}
	if err != nil {
		return nil, err
	}
	h, err := decodeHeader(file)
	if err != nil {
		return nil, err
	}
	if folder(h.ID) != name {
		return nil, fmt.Errorf("%w: the folder belongs to another dataset", ErrCorrupt)
	}
	if d := s.datasets[name]; d != nil && d.uid == h.UID {
		return d, nil
	}
	d := newDataset(s, dir, h)
	s.datasets[name] = d
	return d, nil
}

// Datasets returns all datasets, ordered by id. It leaves out datasets with
// damaged files; [Store.Dataset] returns the error.
func (s *Store) Datasets() iter.Seq[*Dataset] {
	s.mu.Lock()
	var all []*Dataset
	if !s.closed {
		names, _ := s.disk.ReadDir(filepath.Join(s.dir, "datasets"))
		for _, name := range names {
			if d, err := s.find(name); err == nil {
				all = append(all, d)
			}
		}
	}
	s.mu.Unlock()
	slices.SortFunc(all, func(a, b *Dataset) int { return strings.Compare(a.id, b.id) })
	return slices.Values(all)
}

// folder is the name of the folder of a dataset: ids differ in case, and some
// file systems do not.
func folder(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

func (s *Store) folderPath(id string) string { return filepath.Join(s.dir, "datasets", folder(id)) }

// arn returns the ARN of a dataset.
func (s *Store) arn(id string) namespace.ARN {
	return namespace.ARN{Partition: s.opts.Partition, Region: s.opts.Region, Account: s.opts.Account, Kind: namespace.KindDataset, Name: id}
}

func newUID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func (s *Store) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// writable reports why nothing can be changed.
func (s *Store) writable() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return ErrClosed
	case s.opts.ReadOnly:
		return ErrReadOnly
	default:
		return s.held()
	}
}
