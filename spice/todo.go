package spice

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
)

var errTodo = errors.New("not built yet")

// A Store is a folder of datasets.
type Store struct{ opts Options }

// Open opens the store in a folder, which is made if it is not there.
func Open(dir string, opts *Options) (*Store, error) { return nil, errTodo }

// Close closes the store.
func (s *Store) Close() error { return errTodo }

// CreateDataset creates a dataset.
func (s *Store) CreateDataset(ctx context.Context, in DatasetInput) (*Dataset, error) {
	return nil, errTodo
}

// Dataset returns a dataset.
func (s *Store) Dataset(id string) (*Dataset, error) { return nil, errTodo }

// Datasets returns all datasets by id.
func (s *Store) Datasets() iter.Seq[*Dataset] { return func(func(*Dataset) bool) {} }

// DeleteDataset deletes a dataset and its rows.
func (s *Store) DeleteDataset(ctx context.Context, id string) error { return errTodo }

// ID returns the id of the dataset.
func (d *Dataset) ID() string { return d.id }

// ARN returns the ARN of the dataset.
func (d *Dataset) ARN() namespace.ARN { return namespace.ARN{} }

// Describe returns what operators know of the dataset.
func (d *Dataset) Describe() (Description, error) { return Description{}, errTodo }

// DatasetUpdate says what to change; nil fields stay.
type DatasetUpdate struct {
	Name    *string
	Owners  *[]namespace.ARN
	Cluster *[]string
}

// Update changes the dataset.
func (d *Dataset) Update(ctx context.Context, u DatasetUpdate) error { return errTodo }

// Connect says where the rows of a DIRECT_QUERY dataset are.
func (d *Dataset) Connect(direct Direct) error { return errTodo }

// An IngestionType says what a refresh replaces.
type IngestionType string

// Ingestion types.
const (
	RefreshFull        IngestionType = "FULL_REFRESH"
	RefreshIncremental IngestionType = "INCREMENTAL_REFRESH"
)

// An Ingestion is one refresh.
type Ingestion struct {
	ID           string
	Type         IngestionType
	Status       string
	RowsIngested int64
	RowsDropped  int64
	Truncated    map[string]int64
	CreatedTime  time.Time
	Err          string
}

// Refresh reads src into the dataset.
func (d *Dataset) Refresh(ctx context.Context, src Source, how IngestionType) (Ingestion, error) {
	return Ingestion{}, errTodo
}

// Ingestions returns the history.
func (d *Dataset) Ingestions() []Ingestion { return nil }

// Predicate returns which rows s sees.
func (d *Dataset) Predicate(s Session) (predicate.Predicate, error) {
	return predicate.Predicate{}, errTodo
}

// Records returns the rows s sees.
func (d *Dataset) Records(ctx context.Context, s Session) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) { yield(nil, errTodo) }
}

// Count returns how many rows s sees.
func (d *Dataset) Count(ctx context.Context, s Session) (int64, error) { return 0, errTodo }

// Schema returns the columns s sees.
func (d *Dataset) Schema(ctx context.Context, s Session) (*arrow.Schema, error) { return nil, errTodo }

// Distinct returns the texts in a column of the rows s sees, in order.
func (d *Dataset) Distinct(ctx context.Context, s Session, column string) ([]string, error) {
	return nil, errTodo
}

// Prepare returns the rows an owner sees who prepares data (V2).
func (d *Dataset) Prepare(ctx context.Context, s Session) iter.Seq2[arrow.Record, error] {
	return func(yield func(arrow.Record, error) bool) { yield(nil, errTodo) }
}
