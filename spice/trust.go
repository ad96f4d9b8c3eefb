package spice

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/rowsight/rowsight/spice/internal/seal"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
	"github.com/rowsight/rowsight/spice/keys"
)

// A state file says under which key it is, and whoever can write to the folder
// and may use some other key of the key service can write a state file under
// that. So a key counts only if it is on a list: the one of the options, and,
// of the keys that were registered through this store, the one in the file
// "trusted", which is sealed under a key of the options.
type trust struct {
	mu   sync.Mutex
	file []byte   // that was opened last
	arns []string // in it
}

// trustFile is the file "trusted".
type trustFile struct {
	KeyARN string // of the options
	Key    []byte // a data key of its own, wrapped
	Sealed []byte // a JSON list of ARNs
}

const kindTrust = "trusted"

func (s *Store) trustPath() string { return filepath.Join(s.dir, "trusted") }

// trustContext is what the list is about: the store as a whole.
func (s *Store) trustContext() keys.Context { return keys.ForResource(s.arn("*").String()) }

func (s *Store) trustBox(key []byte) (*seal.Box, error) {
	return newBox(key, "trusted keys", s.arn("*").String(), 0)
}

// configured are the keys that the options name.
func (s *Store) configured() []string {
	if s.opts.Key == "" {
		return s.opts.TrustedKeys
	}
	return append([]string{s.opts.Key}, s.opts.TrustedKeys...)
}

// accepts reports why a key is none of this store's (K1).
func (s *Store) accepts(ctx context.Context, arn string) error {
	if s.anyOfPlace {
		place := fmt.Sprintf("arn:%s:kms:%s:%s:key/", s.opts.Partition, s.opts.Region, s.opts.Account)
		if !strings.HasPrefix(arn, place) {
			return fmt.Errorf("%w: %s is not a key of account %s and Region %s", ErrKey, arn, s.opts.Account, s.opts.Region)
		}
		return nil
	}
	if slices.Contains(s.configured(), arn) {
		return nil
	}
	arns, err := s.trusted(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(arns, arn) {
		return fmt.Errorf("%w: %s is neither registered nor in the options: Key or TrustedKeys", ErrKey, arn)
	}
	return nil
}

// trusted returns the keys of the file "trusted".
func (s *Store) trusted(ctx context.Context) ([]string, error) {
	s.trust.mu.Lock()
	defer s.trust.mu.Unlock()
	arns, _, err := s.openTrust(ctx)
	return arns, err
}

// readTrust returns the file "trusted", nil if there is none.
func (s *Store) readTrust() ([]byte, error) {
	file, err := s.disk.ReadFile(s.trustPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return file, err
}

// openTrust returns the keys of the file "trusted", which is the one that the
// witness knows, and the file. s.trust.mu is held.
func (s *Store) openTrust(ctx context.Context) ([]string, []byte, error) {
	file, err := s.readTrust()
	if err != nil {
		return nil, nil, err
	}
	if err := s.vouchedFile(ctx, s.trustName(), markOfFile(file)); err != nil {
		// A process that writes may have gone on since the file was read.
		if now, readErr := s.readTrust(); readErr != nil || !bytes.Equal(now, file) {
			return nil, nil, errors.Join(errStale, readErr)
		}
		return nil, nil, err
	}
	if file == nil {
		return nil, nil, nil
	}
	arns, err := s.decodeTrust(ctx, file)
	return arns, file, err
}

func (s *Store) decodeTrust(ctx context.Context, file []byte) ([]string, error) {
	if s.trust.file != nil && bytes.Equal(file, s.trust.file) {
		return s.trust.arns, nil
	}
	var f trustFile
	if err := json.Unmarshal(file, &f); err != nil {
		return nil, fmt.Errorf("%w: the trusted keys: %w", ErrCorrupt, err)
	}
	if !slices.Contains(s.configured(), f.KeyARN) {
		return nil, fmt.Errorf("%w: the trusted keys are under %s, which the options do not name", ErrKey, f.KeyARN)
	}
	plain, err := s.keys.Decrypt(ctx, f.KeyARN, f.Key, s.trustContext())
	if err != nil {
		return nil, fmt.Errorf("%w: the trusted keys: %w", ErrKey, err)
	}
	defer clear(plain)
	box, err := s.trustBox(plain)
	if err != nil {
		return nil, err
	}
	text, err := box.Open(nil, kindTrust, 0, f.Sealed)
	if err != nil {
		return nil, fmt.Errorf("%w: the trusted keys: %w", ErrCorrupt, err)
	}
	var arns []string
	if err := json.Unmarshal(text, &arns); err != nil {
		return nil, fmt.Errorf("%w: the trusted keys: %w", ErrCorrupt, err)
	}
	s.trust.file, s.trust.arns = file, arns
	return arns, nil
}

// entrust adds keys to the file "trusted". Keys stay in it: what is encrypted
// under them is read until its next full refresh (K1).
func (s *Store) entrust(ctx context.Context, registered []keys.RegisteredKey) error {
	if s.anyOfPlace || s.keys == nil {
		return nil
	}
	s.trust.mu.Lock()
	defer s.trust.mu.Unlock()
	arns, old, err := s.openTrust(ctx)
	if err != nil {
		return err
	}
	arns = slices.Clone(arns)
	before := len(arns)
	for _, k := range registered {
		if !slices.Contains(s.configured(), k.KeyArn) && !slices.Contains(arns, k.KeyArn) {
			arns = append(arns, k.KeyArn)
		}
	}
	if len(arns) == before {
		return nil
	}
	text, err := json.Marshal(arns)
	if err != nil {
		return err
	}
	f := trustFile{KeyARN: s.configured()[0]}
	key, err := s.keys.GenerateDataKey(ctx, f.KeyARN, s.trustContext())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	defer key.Wipe()
	f.Key = key.Wrapped
	box, err := s.trustBox(key.Plain)
	if err != nil {
		return err
	}
	if f.Sealed, err = box.Seal(nil, kindTrust, 0, text); err != nil {
		return err
	}
	file, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return s.changeFile(ctx, s.trustName(), markOfFile(old), markOfFile(file), func() error {
		_, err := spicefile.WriteFile(s.disk, s.trustPath(), file)
		return err
	})
}
