package spice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/rowsight/rowsight/spice/keys"
)

// A witness keeps a testimony of two files of the store as well: of keys.json,
// which names the key of new datasets, and of "trusted". An older keys.json would
// bring an earlier default key back, which is registered still, and no seal tells.
// Files that are not there have the zero mark.

func (s *Store) registryName() string { return s.arn("*").String() + " keys" }

func (s *Store) trustName() string { return s.arn("*").String() + " trusted" }

func (s *Store) registryPath() string { return filepath.Join(s.dir, "keys.json") }

// markOfFile is the mark of a file that is replaced as a whole; nil is none.
func markOfFile(file []byte) mark {
	if file == nil {
		return mark{}
	}
	return markOf(0, file)
}

// markOfKeys is the mark of the keys that are registered for the store. How
// the file writes them, and what it says of other accounts, makes no difference.
func (s *Store) markOfKeys(r *keys.Registry) mark {
	all := r.DescribeKeyRegistration(s.opts.Account, s.opts.Region)
	if len(all) == 0 {
		return mark{}
	}
	text, _ := json.Marshal(all) // texts and truth values
	return markOfFile(text)
}

// known returns what the witness keeps of a file, and why m is not it.
func (s *Store) known(ctx context.Context, name string, m mark) (t testimony, text []byte, err error) {
	t, text, err = s.testimony(ctx, name)
	switch {
	case err != nil:
		return testimony{}, nil, err
	case text == nil && m == mark{}:
		return testimony{Is: &m}, nil, nil
	case text == nil:
		return testimony{}, nil, fmt.Errorf("%w: the witness has no value for the registered keys; see Enroll", ErrRollback)
	case !t.accepts(m):
		return testimony{}, nil, fmt.Errorf("%w: the registered keys differ from those in the witness", ErrRollback)
	}
	return t, text, nil
}

// vouchedFile reports why a file is not the one that the witness knows.
func (s *Store) vouchedFile(ctx context.Context, name string, m mark) error {
	if s.opts.Witness == nil {
		return nil
	}
	t, text, err := s.known(ctx, name, m)
	if err == nil && t.Next != nil && !s.opts.ReadOnly {
		return s.testify(ctx, name, text, testimony{Is: &m})
	}
	return err
}

// changeFile replaces a file by write, around which it tells the witness. After
// an error of write either file is accepted, until one of them is read.
func (s *Store) changeFile(ctx context.Context, name string, is, next mark, write func() error) error {
	if s.opts.Witness == nil || is == next {
		return write()
	}
	_, old, err := s.known(ctx, name, is)
	if err != nil {
		return err
	}
	told := testimony{Is: &is, Next: &next}
	if err := s.testify(ctx, name, old, told); err != nil {
		return err
	}
	if err := write(); err != nil {
		return err
	}
	return s.testify(ctx, name, told.encode(), testimony{Is: &next})
}

// register replaces the keys that are registered for the store.
func (s *Store) register(ctx context.Context, registered []keys.RegisteredKey) error {
	s.registering.Lock()
	defer s.registering.Unlock()
	now, err := s.openRegistry(ctx)
	if err != nil {
		return err
	}
	var next keys.Registry
	if err := next.UpdateKeyRegistration(s.opts.Account, s.opts.Region, registered); err != nil {
		return err
	}
	return s.changeFile(ctx, s.registryName(), s.markOfKeys(now), s.markOfKeys(&next), func() error {
		return s.registry.UpdateKeyRegistration(s.opts.Account, s.opts.Region, registered)
	})
}

// openRegistry returns the keys that are registered. With a witness they are read
// from the file again, and are those that it knows. s.registering is held.
func (s *Store) openRegistry(ctx context.Context) (*keys.Registry, error) {
	if s.opts.Witness == nil {
		return s.registry, nil
	}
	r, err := keys.OpenRegistry(s.registryPath())
	if err != nil {
		return nil, err
	}
	return r, s.vouchedFile(ctx, s.registryName(), s.markOfKeys(r))
}

// enrollKeys makes the witness know the keys that are registered.
func (s *Store) enrollKeys(ctx context.Context) error {
	s.registering.Lock()
	defer s.registering.Unlock()
	s.trust.mu.Lock()
	defer s.trust.mu.Unlock()
	r, err := keys.OpenRegistry(s.registryPath())
	if err != nil {
		return failed("enroll", err)
	}
	file, err := s.readTrust()
	if err != nil {
		return failed("enroll", err)
	}
	var errs []error
	for name, m := range map[string]mark{s.registryName(): s.markOfKeys(r), s.trustName(): markOfFile(file)} {
		_, text, err := s.testimony(ctx, name)
		if err == nil && text == nil && m != (mark{}) {
			err = s.testify(ctx, name, nil, testimony{Is: &m})
		}
		errs = append(errs, failed("enroll", err))
	}
	return errors.Join(errs...)
}
