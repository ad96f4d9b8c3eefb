package batch

import (
	"errors"
	"runtime"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate"
)

// Options says how a filter works. The nil *Options is the default, and so is
// the zero of every field. No option changes which rows are visible.
type Options struct {
	// Allocator provides the memory of what a filter returns. The default is
	// memory of the garbage collector: texts that a program keeps from a record stay
	// what they are after its release. An allocator that hands freed memory out
	// again, such as a [Pool], takes that away: clone what is kept.
	Allocator memory.Allocator
	// Workers is how many records of a stream are filtered at a time. The
	// default is one per processor; 1 starts no goroutine.
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
// ([predicate.Predicate.Restricted]) must be there once and be text (U2), also
// one that a viewer's rules accept every value of; every other column may be of
// any type. All problems are reported, each a [*BindError].
//
// On an error the filter is nil, and a nil or zero Filter lets no row pass.
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
