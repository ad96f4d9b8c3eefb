package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/keys"
)

func (c *company) refresh(ctx context.Context) error {
	ingestion, err := c.visits.Refresh(ctx, table{c.catalog, c.database}, spice.RefreshFull)
	if err != nil {
		return err
	}
	files, found, err := searchFiles(c.path("store"))
	if err != nil {
		return err
	}
	return c.print("   %d rows ingested, %d dropped\n   %d files on the disk; names of hospitals, departments and reasons in them: %d\n",
		ingestion.RowsIngested, ingestion.RowsDropped, files, found)
}

// searchFiles counts the files below a folder, and the values of the data that
// stand in them for everybody to read.
func searchFiles(dir string) (files, found int, err error) {
	values := slices.Concat(departments, reasons)
	for _, h := range hospitals {
		values = append(values, h[0], h[1])
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, v := range values {
			if bytes.Contains(content, []byte(v)) {
				found++
			}
		}
		return nil
	})
	return files, found, err
}

// view reads the visits as every viewer sees them.
func (c *company) view(ctx context.Context) error {
	for _, v := range viewers {
		rows, seen, err := c.read(ctx, v.principal)
		if err != nil {
			return err
		}
		if seen == nil {
			seen = []string{"nothing"}
		}
		if err := c.print("   %-52s %3d visits  %s\n", v.title, rows, strings.Join(seen, ", ")); err != nil {
			return err
		}
	}
	return nil
}

// read returns how many visits a viewer sees, and of which hospitals.
func (c *company) read(ctx context.Context, viewer namespace.Principal) (rows int64, seen []string, err error) {
	all := make(map[string]bool)
	for rec, err := range c.visits.Records(ctx, spice.Session{Principal: viewer}) {
		if err != nil {
			return 0, nil, err
		}
		rows += rec.NumRows()
		column := rec.Column(rec.Schema().FieldIndices("Hospital")[0])
		for row := range column.Len() {
			all[column.ValueStr(row)] = true
		}
	}
	return rows, slices.Sorted(maps.Keys(all)), nil
}

// audit asks the trail what happened, and keeps its head where nobody who writes
// the trail can write.
func (c *company) audit(context.Context) error {
	trail, err := c.readTrail()
	if err != nil {
		return err
	}
	dataset := c.visits.ARN().String()
	event, _ := trail.KeyInUse(dataset)
	if err := c.print("   key of the visits: %s, by %s\n   who read them:\n", event.Key, event.Name); err != nil {
		return err
	}
	for _, e := range trail.WhoRead(dataset) {
		if e.Rows == nil {
			continue // the key, and reads that only begin
		}
		if err := c.print("     %-5s %s, version %d, %d rows\n", e.Who, e.Name, e.Version, *e.Rows); err != nil {
			return err
		}
	}
	c.head = c.trail.Head()
	return c.print("   %d records so far; central IT keeps the head\n", c.head.Sequence)
}

func (c *company) readTrail() (*audit.Trail, error) {
	file, err := os.Open(c.path("audit.jsonl"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	trail := new(audit.Trail)
	return trail, trail.Read(file, "audit.jsonl")
}

// rotate changes the password in the database and in the secret, and nowhere
// else.
func (c *company) rotate(ctx context.Context) error {
	c.database.setPassword("second-Password-8")
	_, err := c.visits.Refresh(ctx, table{c.catalog, c.database}, spice.RefreshFull)
	if !errors.Is(err, errPassword) {
		return fmt.Errorf("want a refusal, got %v", err)
	}
	if err := c.print("   changed in the database only:  the refresh fails, viewers keep the rows they had\n"); err != nil {
		return err
	}
	if err := c.put(ctx); err != nil {
		return err
	}
	ingestion, err := c.visits.Refresh(ctx, table{c.catalog, c.database}, spice.RefreshFull)
	if err != nil {
		return err
	}
	return c.print("   changed in the secret, too:    %d rows ingested, with the data source as it was\n", ingestion.RowsIngested)
}

// lockDown disables the key. Nobody has to find the files, or those who have
// copies of them.
func (c *company) lockDown(ctx context.Context) error {
	if err := c.keys.Disable(ctx, c.key); err != nil {
		return err
	}
	for _, v := range viewers {
		rows, _, err := c.read(ctx, v.principal)
		if !errors.Is(err, keys.ErrDisabled) || rows != 0 {
			return fmt.Errorf("%s: want a refusal, got %d rows and %v", v.title, rows, err)
		}
		if err := c.print("   %-52s %3d visits  %v\n", v.title, rows, keys.ErrDisabled); err != nil {
			return err
		}
	}
	return c.steal(ctx)
}

// steal copies all files of the store, to where no rule and no record is, and
// opens them with keys of the thief's own.
func (c *company) steal(ctx context.Context) (err error) {
	if err := os.CopyFS(c.path("stolen"), os.DirFS(c.path("store"))); err != nil {
		return err
	}
	stolen, err := spice.Open(c.path("stolen"), &spice.Options{Account: account, Region: region, Audit: new(audit.Memory)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stolen.Close()) }()
	visits, err := stolen.Dataset("visits")
	if err != nil {
		return err
	}
	rows, err := visits.Count(ctx, spice.Session{Principal: namespace.Named("chief")})
	if !errors.Is(err, keys.ErrNoKey) || rows != 0 {
		return fmt.Errorf("a thief: want a refusal, got %d rows and %v", rows, err)
	}
	return c.print("   %-52s %3d visits  %v\n", "a thief, who has all the files", rows, keys.ErrNoKey)
}

// recover enables the key, and looks whether anything is lost.
func (c *company) recover(ctx context.Context) error {
	if err := c.keys.Enable(ctx, c.key); err != nil {
		return err
	}
	if err := c.view(ctx); err != nil {
		return err
	}
	trail, err := c.readTrail()
	if err != nil {
		return err
	}
	if err := c.print("\n   what was done since the audit, and refused:\n"); err != nil {
		return err
	}
	dataset := c.visits.ARN().String()
	for _, e := range trail.Changes(dataset) {
		if uint64(e.Line) > c.head.Sequence {
			line := strings.TrimSpace(fmt.Sprintf("%s by %s %s", e.Name, e.Who, e.Error))
			if err := c.print("     %s\n", line); err != nil {
				return err
			}
		}
	}
	refused := make(map[string]int)
	for _, e := range trail.WhoRead(dataset) {
		if e.Error != "" && e.Name == audit.ReadDataSet {
			refused[e.Who.String()]++
		}
	}
	for _, who := range slices.Sorted(maps.Keys(refused)) {
		if err := c.print("     ReadDataSet by %s, refused: %d\n", who, refused[who]); err != nil {
			return err
		}
	}
	file, err := os.Open(c.path("audit.jsonl"))
	if err != nil {
		return err
	}
	defer file.Close()
	head, err := audit.Check{Head: c.head}.Verify(file)
	if err != nil {
		return err
	}
	return c.print("   %d records, and not one was changed, removed or put in\n", head.Sequence)
}
