package keys

// A RegisteredKey is a key that an account uses for its datasets.
type RegisteredKey struct {
	KeyArn     string `json:"KeyArn"`
	DefaultKey bool   `json:"DefaultKey"`
}

// A Registry says which keys an account has registered in a Region, and which
// of them encrypts new datasets (K1). It is safe for concurrent use.
type Registry struct{}

// OpenRegistry opens the registry in a file; "" keeps it in memory.
func OpenRegistry(path string) (*Registry, error) { return nil, errSkeleton }

// RegisterKey adds one key.
func (r *Registry) RegisterKey(account, region string, key RegisteredKey) error { return errSkeleton }

// UpdateKeyRegistration replaces the keys of an account and Region.
func (r *Registry) UpdateKeyRegistration(account, region string, keys []RegisteredKey) error {
	return errSkeleton
}

// DescribeKeyRegistration returns the keys of an account and Region.
func (r *Registry) DescribeKeyRegistration(account, region string) []RegisteredKey { return nil }

// DefaultKey returns the key that new datasets are encrypted under, and false
// if there is none.
func (r *Registry) DefaultKey(account, region string) (arn string, ok bool) { return "", false }
