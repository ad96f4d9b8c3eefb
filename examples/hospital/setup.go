package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/spice/source"
)

func (c *company) putSecret(ctx context.Context) (err error) {
	if c.secrets, err = source.OpenSecrets(c.path("secrets")); err != nil {
		return err
	}
	if err := c.put(ctx); err != nil {
		return err
	}
	return c.print("   secret %s\n", secretARN)
}

// put puts the login of now into the secret.
func (c *company) put(ctx context.Context) error {
	secret, err := c.database.secret()
	if err != nil {
		return err
	}
	return c.secrets.Put(ctx, secretARN, secret)
}

func (c *company) createSource(ctx context.Context) (err error) {
	c.catalog, err = source.OpenCatalog(&source.Options{
		Account: account, Region: region, Secrets: c.secrets,
		Check: func(_ context.Context, _ source.DataSource, login source.Login) error { return c.database.logIn(login) },
	})
	if err != nil {
		return err
	}
	request, err := source.ParseCreate(strings.NewReader(createSource), &source.ParseOptions{File: "create-data-source.json"})
	if err != nil {
		return err
	}

	// Somebody who may not read the secret cannot have the service read it.
	_, err = c.catalog.Create(ctx, source.Caller{}, request)
	if !errors.Is(err, source.ErrDenied) {
		return fmt.Errorf("want a refusal, got %v", err)
	}
	if err := c.print("   an intern tries:   refused, %v\n", source.ErrDenied); err != nil {
		return err
	}

	allowed, err := source.ParsePolicy(strings.NewReader(mayReadSecret), nil)
	if err != nil {
		return err
	}
	d, err := c.catalog.Create(ctx, source.Caller{Policy: allowed}, request)
	if err != nil {
		return err
	}
	if err := c.print("   the team's author: %s\n", d.Status); err != nil {
		return err
	}
	if d, err = c.catalog.Wait(ctx, d.DataSourceId); err != nil {
		return err
	}
	login, err := c.catalog.Login(ctx, d.DataSourceId)
	if err != nil {
		return err
	}
	return c.print("   a moment later:    %s\n   what anybody can print of its login: %v\n", d.Status, login)
}

func (c *company) registerKey(ctx context.Context) (err error) {
	if c.trail, err = audit.OpenLog(c.path("audit.jsonl"), nil); err != nil {
		return err
	}
	// The keyring is on another machine, or a key service such as AWS KMS is in its
	// place. Whoever gets hold of the data has nothing without it.
	c.keys, err = keys.OpenLocal(c.path("keyring"), &keys.LocalOptions{Passphrase: []byte("only central IT knows this"), Audit: c.trail})
	if err != nil {
		return err
	}
	if c.key, err = c.keys.CreateKey(ctx, account, region); err != nil {
		return err
	}
	c.store, err = spice.Open(c.path("store"), &spice.Options{
		Account: account, Region: region, Keys: c.keys, Audit: c.trail, Operator: namespace.Named("central-it").User,
	})
	if err != nil {
		return err
	}
	if err := c.store.UpdateKeyRegistration(ctx, keys.RegisteredKey{KeyArn: c.key, DefaultKey: true}); err != nil {
		return err
	}
	return c.print("   %s\n   new datasets of account %s in %s are encrypted under it\n", c.key, account, region)
}

func (c *company) createDataset(ctx context.Context) error {
	rules, err := c.store.CreateDataset(ctx, spice.DatasetInput{ID: "permissions", ImportMode: spice.SPICE, UseAs: spice.RLSRules})
	if err != nil {
		return err
	}
	file := source.Open("permissions.csv", func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(permissions)), nil
	})
	if _, err := rules.Refresh(ctx, source.CSV(nil, file), spice.RefreshFull); err != nil {
		return err
	}
	if c.visits, err = c.store.CreateDataset(ctx, spice.DatasetInput{ID: "visits", Name: "Hospital visits", ImportMode: spice.SPICE}); err != nil {
		return err
	}
	// Rules first, rows then: there is no moment in which everybody sees all.
	err = c.visits.Attach(ctx, spice.Permissions{Settings: rls.PermissionDataSet{Arn: rules.ARN().String(), PermissionPolicy: rls.GrantAccess}})
	if err != nil {
		return err
	}
	for line := range strings.Lines(permissions) {
		if err := c.print("   %s", line); err != nil {
			return err
		}
	}
	d, err := c.visits.Describe(ctx)
	if err != nil {
		return err
	}
	return c.print("\n   dataset %s, restricted: %v, rows: %d\n", d.ARN, d.Restricted, d.Rows)
}
