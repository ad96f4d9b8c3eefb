package keys

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/internal/durable"
	"github.com/rowsight/rowsight/internal/jsondoc"
)

// A RegisteredKey is a key that an account uses for its datasets, with the
// names of QuickSight's RegisteredCustomerManagedKey.
type RegisteredKey struct {
	KeyArn     string `json:"KeyArn"`
	DefaultKey bool   `json:"DefaultKey"`
}

// A Registry holds the keys that accounts have registered in each Region, and
// the default key for new datasets (K1). Existing datasets keep their key until
// a full refresh; see [KeyForRefresh]. It is safe for concurrent use. Only one
// process at a time may change the file. The zero Registry is empty and in
// memory.
type Registry struct {
	path string

	mu   sync.Mutex
	keys []RegisteredKey // ordered by ARN
}

// OpenRegistry opens the registry in a JSON file. The first registration
// creates the file. "" keeps the registry in memory. ARNs of keys are not
// secret.
func OpenRegistry(path string) (*Registry, error) {
	r := &Registry{path: path}
	if path == "" {
		return r, nil
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var keys []RegisteredKey
	if err := jsondoc.Unmarshal(file, path, &keys, nil); err != nil {
		return nil, err
	}
	var errs []error
	var order []arn.ARN
	places := make(map[arn.ARN][]RegisteredKey)
	for _, k := range keys {
		a, err := parseARN(k.KeyArn)
		if err != nil {
			errs = append(errs, fmt.Errorf("key %q: %w", k.KeyArn, err))
			continue
		}
		place := arn.ARN{Region: a.Region, Account: a.Account}
		if places[place] == nil {
			order = append(order, place)
		}
		places[place] = append(places[place], k)
	}
	for _, place := range order {
		errs = append(errs, checkKeys(place.Account, place.Region, places[place]))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	r.keys = sorted(keys)
	return r, nil
}

// RegisterKey adds a key to an account and Region, or changes whether it is the
// default. A new default replaces the old one, which stays registered.
func (r *Registry) RegisterKey(account, region string, key RegisteredKey) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	mine, _ := r.split(account, region)
	mine = slices.DeleteFunc(mine, func(k RegisteredKey) bool { return k.KeyArn == key.KeyArn })
	for i := range mine {
		mine[i].DefaultKey = mine[i].DefaultKey && !key.DefaultKey
	}
	return r.replace(account, region, append(mine, key))
}

// UpdateKeyRegistration replaces the keys of an account and Region; without
// keys it removes all. The keys must belong to that account and Region, must be
// different, and at most one may be the default. The error names every invalid
// key, and then nothing changes.
func (r *Registry) UpdateKeyRegistration(account, region string, keys []RegisteredKey) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.replace(account, region, keys)
}

// DescribeKeyRegistration returns the keys of an account and Region, ordered by
// ARN.
func (r *Registry) DescribeKeyRegistration(account, region string) []RegisteredKey {
	r.mu.Lock()
	defer r.mu.Unlock()
	mine, _ := r.split(account, region)
	return mine
}

// DefaultKey returns the default key of an account and Region, or false if
// there is none.
func (r *Registry) DefaultKey(account, region string) (keyARN string, ok bool) {
	for _, k := range r.DescribeKeyRegistration(account, region) {
		if k.DefaultKey {
			return k.KeyArn, true
		}
	}
	return "", false
}

// KeyForRefresh returns the key with which a refresh encrypts a dataset. A full
// refresh, such as the first one, uses the current default key. An incremental
// refresh uses the key of the dataset (K1). "" means no customer-managed key.
func KeyForRefresh(inUse, defaultKey string, full bool) string {
	if full {
		return defaultKey
	}
	return inUse
}

// split returns copies of the keys of a place and of all others.
func (r *Registry) split(account, region string) (mine, others []RegisteredKey) {
	for _, k := range r.keys {
		if a, err := parseARN(k.KeyArn); err == nil && a.Account == account && a.Region == region {
			mine = append(mine, k)
		} else {
			others = append(others, k)
		}
	}
	return mine, others
}

// replace replaces the keys of a place, on the disk and then in memory.
func (r *Registry) replace(account, region string, keys []RegisteredKey) error {
	if err := checkKeys(account, region, keys); err != nil {
		return fmt.Errorf("UpdateKeyRegistration: %w", err)
	}
	_, others := r.split(account, region)
	all := sorted(append(others, keys...))
	if r.path != "" {
		text, err := json.MarshalIndent(all, "", "  ")
		if err != nil {
			return err
		}
		if err := durable.WriteFile(r.path, append(text, '\n')); err != nil {
			return err
		}
	}
	r.keys = all
	return nil
}

func checkKeys(account, region string, keys []RegisteredKey) error {
	if err := checkPlace(account, region); err != nil {
		return err
	}
	var errs []error
	def := ""
	for i, k := range keys {
		a, err := parseARN(k.KeyArn)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("key %q: %w", k.KeyArn, err))
		case a.Account != account || a.Region != region:
			errs = append(errs, fmt.Errorf("key %s: %w: want account %s and Region %s", k.KeyArn, ErrPlace, account, region))
		case slices.ContainsFunc(keys[:i], func(q RegisteredKey) bool { return q.KeyArn == k.KeyArn }):
			errs = append(errs, fmt.Errorf("key %s: %w", k.KeyArn, ErrTwice))
		case k.DefaultKey && def != "":
			errs = append(errs, fmt.Errorf("key %s: %w, and that is %s already", k.KeyArn, ErrDefaults, def))
		case k.DefaultKey:
			def = k.KeyArn
		}
	}
	return errors.Join(errs...)
}

func sorted(keys []RegisteredKey) []RegisteredKey {
	return slices.SortedFunc(slices.Values(keys), func(a, b RegisteredKey) int { return cmp.Compare(a.KeyArn, b.KeyArn) })
}
