package spice

import (
	"slices"
	"time"
)

// An IngestionType says whether a refresh replaces rows or adds rows.
type IngestionType string

// Ingestion types.
const (
	// RefreshFull replaces all rows. It uses the current default key (K1).
	RefreshFull IngestionType = "FULL_REFRESH"
	// RefreshIncremental adds rows under the key of the dataset.
	RefreshIncremental IngestionType = "INCREMENTAL_REFRESH"
)

// An IngestionStatus is the result of a refresh.
type IngestionStatus string

// Ingestion statuses.
const (
	Completed IngestionStatus = "COMPLETED"
	Failed    IngestionStatus = "FAILED"
)

// An Ingestion is one refresh and its result. It is for operators: apart from
// the error of a source, which may quote data, it contains no value of the
// data.
type Ingestion struct {
	ID          string
	Type        IngestionType
	Status      IngestionStatus
	CreatedTime time.Time
	Duration    time.Duration
	Error       string `json:",omitempty"` // the reason of a failure

	RowsIngested int64
	// RowsDropped counts rows with text that is not valid UTF-8. No rule can
	// contain such text. A permission dataset fails instead.
	RowsDropped int64
	// TotalRowsInDataset counts all rows after the refresh.
	TotalRowsInDataset int64
	// Truncated counts, for each column, the texts that were truncated to
	// MaxRunes (V7).
	Truncated map[string]int64 `json:",omitempty"`
	// Collisions counts, for each column, texts of rules that several different
	// texts of the source were truncated to. Such a rule shows the rows of all
	// of them (V7).
	Collisions map[string]int64 `json:",omitempty"`
	// IngestionSizeInBytes is the size of the rows on disk.
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
