package parquet

import (
	"errors"
	"fmt"
	"math"
	"slices"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"github.com/rowsight/rowsight/adapters/arrow18"
)

// A leaf is a column of the file that is read, with what is needed to open it.
type leaf struct {
	column int
	field  *pqarrow.SchemaField
}

// textLeaves returns the columns of some names that can be read as dictionaries
// of text.
func textLeaves(m *metadata.FileMetaData, names []string) []int {
	var leaves []int
	for i := range m.Schema.NumColumns() {
		col := m.Schema.Column(i)
		_, text := col.LogicalType().(schema.StringLogicalType)
		text = text || col.ConvertedType() == schema.ConvertedTypes.UTF8
		if slices.Contains(names, col.Name()) && text && col.PhysicalType() == v18pq.Types.ByteArray && len(col.ColumnPath()) == 1 && col.MaxRepetitionLevel() == 0 {
			leaves = append(leaves, i)
		}
	}
	return leaves
}

// project chooses the columns, makes their v15 schema and checks that the
// library can be trusted with them.
func (r *Reader) project(opts *Options, max int64) error {
	names := opts.Columns
	manifest := r.arrow.Manifest
	var chosen []*pqarrow.SchemaField
	if names == nil {
		for i := range manifest.Fields {
			chosen = append(chosen, &manifest.Fields[i])
		}
	}
	var errs []error
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			errs = append(errs, r.fail(name, fmt.Errorf("%w: asked for twice", ErrUnsupported)))
			continue
		}
		var found []*pqarrow.SchemaField
		for i := range manifest.Fields {
			if manifest.Fields[i].Field.Name == name {
				found = append(found, &manifest.Fields[i])
			}
		}
		switch len(found) {
		case 0:
			errs = append(errs, r.fail(name, ErrNoColumn))
		case 1:
			chosen = append(chosen, found[0])
		default:
			errs = append(errs, r.fail(name, ErrAmbiguous))
		}
	}
	for _, name := range opts.Dictionary {
		if !slices.ContainsFunc(manifest.Fields, func(f pqarrow.SchemaField) bool { return f.Field.Name == name }) {
			errs = append(errs, r.fail(name, ErrNoColumn))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if len(chosen) == 0 {
		return r.fail("", fmt.Errorf("%w: no column to read", ErrUnsupported))
	}
	fields := make([]v18.Field, len(chosen))
	for i, f := range chosen {
		dropNoIDs(f)
		fields[i] = *f.Field
		if err := r.addLeaves(f, f.Field.Name, false); err != nil {
			errs = append(errs, r.fail(f.Field.Name, err))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	// Each open column has a read buffer and a page header buffer of 16 KiB.
	if need := int64(len(r.leaves)) * (streamBytes + 16<<10); need > max {
		return r.fail("", tooLarge("%d columns", len(r.leaves)))
	}
	s, err := arrow18.Schema(v18.NewSchema(fields, manifest.SchemaMeta))
	if err != nil {
		return r.fail("", fmt.Errorf("%w: %w", ErrUnsupported, err))
	}
	r.schema = s
	return nil
}

// addLeaves collects the columns below a field, and checks what the library
// assumes about the shape of the tree when it walks it on a goroutine of its
// own; see open.
func (r *Reader) addLeaves(f *pqarrow.SchemaField, path string, repeated bool) error {
	if f.Field == nil || f.Field.Type == nil {
		return corrupt("%s has no type", path)
	}
	if len(f.Children) == 0 {
		if !f.IsLeaf() || f.ColIndex < 0 || f.ColIndex >= r.meta.Schema.NumColumns() {
			return corrupt("%s is a group of nothing", path)
		}
		r.leaves = append(r.leaves, f.ColIndex)
		r.opens = append(r.opens, leaf{f.ColIndex, f})
		return nil
	}
	dt := f.Field.Type
	for {
		ext, ok := dt.(v18.ExtensionType)
		if !ok {
			break
		}
		dt = ext.StorageType()
	}
	switch dt.(type) {
	case *v18.StructType:
	case *v18.ListType, *v18.LargeListType, *v18.MapType:
		repeated = true
		if len(f.Children) != 1 {
			return corrupt("%s has %d children, want 1", path, len(f.Children))
		}
	case *v18.FixedSizeListType:
		// A column with many changes between null and not null goes through a
		// kernel of arrow/compute, on a goroutine of its own: from 1,024 runs
		// on, more than BatchRows can be held to below another list.
		if repeated && f.Field.Nullable {
			return fmt.Errorf("%w: %s is a fixed-size list that can be null, inside a list", ErrUnsupported, path)
		}
		if len(f.Children) != 1 {
			return corrupt("%s has %d children, want 1", path, len(f.Children))
		}
		if f.Field.Nullable {
			r.arrow.Props.BatchSize = min(r.arrow.Props.BatchSize, 1000)
		}
		repeated = true
	default:
		return fmt.Errorf("%w: %s is of type %s", ErrUnsupported, path, dt)
	}
	for i := range f.Children {
		c := &f.Children[i]
		if c.Field == nil {
			return corrupt("%s has a child without a type", path)
		}
		if err := r.addLeaves(c, path+"."+c.Field.Name, repeated); err != nil {
			return err
		}
	}
	return nil
}

// checkGroups checks the numbers in the footer against each other and against
// the size of the file, for all row groups at once: a file cut short is refused
// before its first row.
func (r *Reader) checkGroups() error {
	defer func() { r.group = 0 }()
	var errs []error
	var rows int64
	for i := range r.meta.NumRowGroups() {
		r.group = i + 1
		err := guard(func() error {
			g := r.meta.RowGroup(i)
			if g.NumRows() < 0 || g.NumRows() > math.MaxInt64-rows {
				return corrupt("%d rows", g.NumRows())
			}
			rows += g.NumRows()
			if got, want := g.NumColumns(), r.meta.Schema.NumColumns(); got != want {
				return corrupt("%d columns, the schema has %d", got, want)
			}
			return nil
		})
		if err != nil {
			return r.fail("", why(err))
		}
		for _, l := range r.opens {
			if err := guard(func() error { return r.checkChunk(i, l) }); err != nil {
				errs = append(errs, r.fail(r.name(l), why(err)))
			}
		}
	}
	r.group = 0
	// Some writers leave the total out, which reads as 0.
	if r.total = rows; rows != r.meta.NumRows && r.meta.NumRows != 0 {
		errs = append(errs, r.fail("", corrupt("row groups of %d rows, the file has %d", rows, r.meta.NumRows)))
	}
	r.stats.RowGroups, r.stats.Rows = r.meta.NumRowGroups(), rows
	return errors.Join(errs...)
}

func (r *Reader) name(l leaf) string { return r.meta.Schema.Column(l.column).Path() }

func (r *Reader) checkChunk(group int, l leaf) error {
	c, err := chunkOf(r.meta, group, l.column)
	if err != nil {
		return err
	}
	col := r.meta.Schema.Column(l.column)
	meta, err := r.meta.RowGroup(group).ColumnChunk(l.column)
	if err != nil {
		return err
	}
	if meta.Type() != col.PhysicalType() {
		return corrupt("pages of %s, the schema says %s", meta.Type(), col.PhysicalType())
	}
	rows := r.meta.RowGroup(group).NumRows()
	if col.MaxRepetitionLevel() == 0 && c.values != rows || c.values < rows {
		return corrupt("%d values for %d rows", c.values, rows)
	}
	r.stats.Bytes += meta.TotalCompressedSize()
	return nil
}

// maxKept is how much of a row group, as it is in the file, is kept between the
// check of its pages and their decoding. What is more is read twice.
const maxKept = 16 << 20

// open prepares the next row group.
//
// The library opens the columns below a struct on goroutines of an errgroup,
// even without Parallel, and a panic there ends the process. It opens them from
// the footer alone: with buffered streams no byte of the file is read before
// the first batch. So the same calls are made here first, on this goroutine,
// where a panic becomes an error; what did not panic once will not the second
// time. The allocator must not panic there either, see limit.
func (r *Reader) open() error {
	group := r.group - 1
	if r.left = r.meta.RowGroup(group).NumRows(); r.left == 0 {
		return nil
	}
	for _, l := range r.opens {
		err := guard(func() error {
			c, err := chunkOf(r.meta, group, l.column)
			if err != nil {
				return err
			}
			r.r.keep(c.start, c.size, min(maxKept, r.limit.max))
			return checkPages(r.r, c, min(maxPageBytes, r.limit.max), nil)
		})
		if err != nil {
			return r.fail(r.name(l), why(err))
		}
	}
	for _, l := range []*limit{r.limit, r.pages} {
		l.begin()
	}
	if err := guard(func() error { return r.rehearse(group) }); err != nil {
		return err
	}
	for _, l := range []*limit{r.limit, r.pages} {
		l.begin()
		l.soft.Store(true)
		defer l.soft.Store(false)
	}
	err := guard(func() (err error) {
		r.rows, err = r.arrow.GetRecordReader(r.ctx, r.leaves, []int{group})
		return err
	})
	return first(err, r.limit.exceeded(), r.pages.exceeded())
}

// rehearse makes the calls with which the library opens the columns.
func (r *Reader) rehearse(group int) error {
	for _, l := range r.opens {
		pages, err := r.pq.RowGroup(group).GetColumnPageReader(l.column)
		if err != nil {
			return err
		}
		rr := file.NewRecordReader(r.meta.Schema.Column(l.column), l.field.LevelInfo, l.field.Field.Type, r.limit, r.pq.BufferPool())
		rr.SetPageReader(pages)
		rr.Release()
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
