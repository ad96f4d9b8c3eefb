package spice

import (
	"slices"
	"time"
)

// An IngestionType says what a refresh does with the rows that are there.
type IngestionType string

// Ingestion types.
const (
	// RefreshFull replaces all rows. It takes the key of now (K1).
	RefreshFull IngestionType = "FULL_REFRESH"
	// RefreshIncremental adds rows, under the key that the dataset has.
	RefreshIncremental IngestionType = "INCREMENTAL_REFRESH"
)

// An IngestionStatus says what became of a refresh.
type IngestionStatus string

// Ingestion statuses.
const (
	Completed IngestionStatus = "COMPLETED"
	Failed    IngestionStatus = "FAILED"
)

// An Ingestion is one refresh, and what became of the rows of its source. It
// holds no value of the data, but what the error of a source holds. It is for
// operators.
type Ingestion struct {
	ID          string
	Type        IngestionType
	Status      IngestionStatus
	CreatedTime time.Time
	Duration    time.Duration
	Error       string `json:",omitempty"` // why it failed

	RowsIngested int64
	// RowsDropped counts rows with text that is not valid UTF-8: such text is in
	// no rule, and has no characters to cut at. A permission dataset fails instead.
	RowsDropped int64
	// TotalRowsInDataset counts all rows after the refresh.
	TotalRowsInDataset int64
	// Truncated counts, by column, the texts that were cut to MaxRunes (V7).
	Truncated map[string]int64 `json:",omitempty"`
	// Collisions counts, by column, the texts that different ones became by the
	// cut, and that a rule of the dataset names: the rule shows the rows of all
	// of them (V7).
	Collisions map[string]int64 `json:",omitempty"`
	// IngestionSizeInBytes is what the rows take on disk.
	IngestionSizeInBytes int64
	// Version is the version of the dataset after the refresh; 0 if it failed.
	Version int64
}

// maxHistory is how many ingestions are remembered.
const maxHistory = 100

// remember adds an ingestion to the history.
func (b *body) remember(i Ingestion) {
	b.Ingestions = append(b.Ingestions, i)
	if n := len(b.Ingestions) - maxHistory; n > 0 {
		b.Ingestions = slices.Delete(b.Ingestions, 0, n)
	}
}
