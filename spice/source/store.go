package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/rowsight/rowsight/internal/durable"
)

// What a catalog keeps in its folder: one file, replaced at every change.
//
//	datasources.json  {"Version": 1, "DataSources": [{"DataSource": {…}, "Credentials": {…}, "Next": {…}}, …]}
const (
	storeFile    = "datasources.json"
	storeVersion = 1
)

type stored struct {
	Version     int
	Account     string
	Region      string
	DataSources []storedEntry
}

type storedEntry struct {
	DataSource  DataSource
	Credentials *storedCredentials   `json:",omitempty"`
	Original    DataSourceParameters `json:",omitzero"`
	Next        *storedChange        `json:",omitempty"`
}

type storedChange struct {
	Name        string
	Parameters  DataSourceParameters
	Vpc         *VpcConnectionProperties `json:",omitempty"`
	Ssl         *SslProperties           `json:",omitempty"`
	Credentials *storedCredentials       `json:",omitempty"`
	Original    DataSourceParameters     `json:",omitzero"`
}

// storedCredentials are the only form in which a password is written. It never
// leaves this file.
type storedCredentials struct {
	SecretArn     string                 `json:",omitempty"`
	CopySourceArn string                 `json:",omitempty"`
	Username      string                 `json:",omitempty"`
	Password      string                 `json:",omitempty"`
	Alternate     []DataSourceParameters `json:",omitempty"`
}

func storeCredentials(c *Credentials) *storedCredentials {
	if c == nil {
		return nil
	}
	s := &storedCredentials{SecretArn: c.SecretArn, CopySourceArn: c.CopySourceArn}
	if p := c.CredentialPair; p != nil {
		s.Username, s.Password, s.Alternate = p.Username, p.Password.Reveal(), p.AlternateDataSourceParameters
	}
	return s
}

func (s *storedCredentials) credentials() *Credentials {
	if s == nil {
		return nil
	}
	c := &Credentials{SecretArn: s.SecretArn, CopySourceArn: s.CopySourceArn}
	if s.Username != "" {
		c.CredentialPair = &CredentialPair{Username: s.Username, Password: NewPassword(s.Password), AlternateDataSourceParameters: s.Alternate}
	}
	return c
}

// save writes the catalog down. It is called with the lock.
func (c *Catalog) save() error {
	if c.opts.Dir == "" {
		return nil
	}
	s := stored{Version: storeVersion, Account: c.opts.Account, Region: c.opts.Region}
	for _, id := range slices.Sorted(maps.Keys(c.entries)) {
		e := c.entries[id]
		se := storedEntry{DataSource: e.DataSource, Credentials: storeCredentials(e.credentials), Original: e.original}
		if n := e.next; n != nil {
			se.Next = &storedChange{n.name, n.parameters, n.vpc, n.ssl, storeCredentials(n.credentials), n.original}
		}
		s.DataSources = append(s.DataSources, se)
	}
	text, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		return errInternal // its message could quote what is stored
	}
	return durable.WriteFile(filepath.Join(c.opts.Dir, storeFile), text)
}

// load reads the catalog. A file that others can read is refused, and so is one
// that is not whole: nothing is started from half of the data sources.
func (c *Catalog) load() error {
	if c.opts.Dir == "" {
		return nil
	}
	if _, err := OpenSecrets(c.opts.Dir); err != nil { // the same rules for the folder
		return err
	}
	path := filepath.Join(c.opts.Dir, storeFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = private(info)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var s stored
	if err := json.Unmarshal(text, &s); err != nil || s.Version != storeVersion {
		return fmt.Errorf("%s: %w: want data sources of version %d", path, ErrFormat, storeVersion)
	}
	if s.Account != c.opts.Account || s.Region != c.opts.Region {
		return fmt.Errorf("%s: %w: got %s in %s, want %s in %s", path, ErrAccount, s.Account, s.Region, c.opts.Account, c.opts.Region)
	}
	for _, se := range s.DataSources {
		e := &entry{DataSource: se.DataSource, credentials: se.Credentials.credentials(), original: se.Original}
		if n := se.Next; n != nil {
			e.next = &change{n.Name, n.Parameters, n.Vpc, n.Ssl, n.Credentials.credentials(), n.Original}
		}
		c.entries[e.DataSourceId] = e
	}
	return nil
}

// clone returns parameters that the caller of an API cannot change afterwards.
func (p DataSourceParameters) clone() DataSourceParameters {
	p.AthenaParameters = copyOf(p.AthenaParameters)
	p.PostgreSqlParameters = copyOf(p.PostgreSqlParameters)
	p.S3Parameters = copyOf(p.S3Parameters)
	p.FileParameters = copyOf(p.FileParameters)
	if r := copyOf(p.RedshiftParameters); r != nil {
		r.IAMParameters = copyOf(r.IAMParameters)
		if r.IAMParameters != nil {
			r.IAMParameters.DatabaseGroups = slices.Clone(r.IAMParameters.DatabaseGroups)
		}
		p.RedshiftParameters = r
	}
	return p
}

func (c *Credentials) clone() *Credentials {
	c = copyOf(c)
	if c == nil || c.CredentialPair == nil {
		return c
	}
	pair := copyOf(c.CredentialPair)
	pair.AlternateDataSourceParameters = slices.Clone(pair.AlternateDataSourceParameters)
	for i, p := range pair.AlternateDataSourceParameters {
		pair.AlternateDataSourceParameters[i] = p.clone()
	}
	c.CredentialPair = pair
	return c
}

func copyOf[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}
