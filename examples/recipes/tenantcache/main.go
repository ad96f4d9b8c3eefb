// Command tenantcache keeps one compiled filter for each different set of rows.
// Thousands of tenants who see the same rows share one.
package main

import (
	"fmt"
	"log"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/tagrules"
)

const configuration = `{"TagRules": [
	{"TagKey": "tenant", "ColumnName": "tenant", "MatchAllValue": "*"},
	{"TagKey": "region", "ColumnName": "region", "TagMultiValueDelimiter": ","}
]}`

// A Service filters records for sessions of tenants. It is safe for concurrent
// use.
type Service struct {
	config  *tagrules.Config
	filters batch.Cache // at most 256 MiB; see MaxBytes
}

// Open returns a Service.
func Open(config string) (*Service, error) {
	c, err := tagrules.Parse(strings.NewReader(config), nil)
	return &Service{config: c}, err
}

// Visible returns the rows of a session. The caller releases the record. Tags
// come from the server's own knowledge of the tenant, never from the browser.
func (s *Service) Visible(rec arrow.Record, tags ...tagrules.Tag) (arrow.Record, error) {
	p, err := s.config.For(tags...)
	if err != nil {
		return nil, err
	}
	filter, err := s.filters.Bind(p, rec.Schema()) // found by the rows it selects, never by a name
	if err != nil {
		return nil, err
	}
	return filter.Apply(rec)
}

func main() {
	s, err := Open(configuration)
	if err != nil {
		log.Fatal(err)
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "tenant", Type: arrow.BinaryTypes.String}, {Name: "region", Type: arrow.BinaryTypes.String},
	}, nil))
	defer b.Release()
	b.Field(0).(*array.StringBuilder).AppendValues([]string{"acme", "acme", "globex"}, nil)
	b.Field(1).(*array.StringBuilder).AppendValues([]string{"US", "EMEA", "US"}, nil)
	rec := b.NewRecord()
	defer rec.Release()
	for range 1000 {
		visible, err := s.Visible(rec, tagrules.Tag{Key: "tenant", Value: "acme"}, tagrules.Tag{Key: "region", Value: "US,EMEA"})
		if err != nil {
			log.Fatal(err)
		}
		visible.Release()
	}
	fmt.Println("filters compiled:", s.filters.Stats().Misses)
}
