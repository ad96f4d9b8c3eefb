package batch

import (
	"errors"
	"runtime"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate"
)

// Options configure a filter. A nil *Options is the default, and so is the zero
// value of every field. No option changes which rows are visible.
type Options struct {
	// Allocator provides the memory of the results. The default is memory of
	// the garbage collector, so texts stay valid after a record is released. If
	// an allocator reuses memory, as [Pool] does, clone each text that you
	// keep.
	Allocator memory.Allocator
	// Workers is the number of records of a stream that are filtered
	// concurrently. The default is the number of processors; 1 starts no
	// goroutine.
	Workers int

	off path // for tests
}

// A path is one of the ways to the same rows. Tests turn them off one by one to
// see that nothing changes.
type path uint16

const (
	pathTable  path = 1 << iota // decision tables; off: rule sets
	pathForms                   // single and few values; off: perfect hashes
	pathBits                    // one column decides without codes
	pathDicts                   // dictionaries in one loop
	pathRows                    // copy row by row; off: run by run
	pathRuns                    // copy run by run; off: row by row
	pathMemo                    // remember dictionaries
	pathVector                  // assembly, where there is some
	pathWide                    // AVX-512, where there is some; off: AVX2
)

func (o *Options) on(p path) bool { return o.off&p == 0 }

// Bind compiles p for records of a schema. Every column that p restricts
// ([predicate.Predicate.Restricted]) must exist exactly once and be text (U2),
// even if the viewer's rules accept every value of it. Other columns may have
// any type. Bind reports all problems, each as a [*BindError].
//
// On an error the filter is nil, and a nil or zero Filter admits no row.
func Bind(p predicate.Predicate, schema *arrow.Schema, opts *Options) (*Filter, error) {
	o := Options{}
	if opts != nil {
		o = *opts
	}
	if o.Allocator == nil {
		o.Allocator = memory.NewGoAllocator()
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if schema == nil {
		return nil, ErrSchema
	}
	columns := make(map[string]int)
	var errs []error
	for _, name := range p.Restricted() {
		i, err := findText(schema, name)
		if err != nil {
			errs = append(errs, err)
		}
		columns[name] = i
	}
	hint(errs, schema)
	for _, f := range schema.Fields() {
		if !carried(f.Type) {
			errs = append(errs, &BindError{Column: f.Name, Type: f.Type, Err: ErrNotCarried})
		}
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	f := &Filter{
		predicate: p,
		schema:    schema,
		opts:      o,
		plan:      newPlan(p, func(name string) int { return columns[name] }, &o),
	}
	f.size = f.plan.size()
	return f, nil
}
