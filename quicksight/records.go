package quicksight

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/rowsight/rowsight/internal/ordered"
	"github.com/rowsight/rowsight/namespace/filestore"
)

// records are documents by kind and id. They are in memory, and in a log that
// keeps them: a change is on the disk before it can be seen.
type records struct {
	mu    sync.RWMutex
	log   *filestore.Log
	last  uint64
	kinds map[string]*ordered.Index[document]
}

// A document is what a kind has under an id.
type document struct {
	id   string
	text json.RawMessage
}

// Key implements [ordered.Keyed].
func (d document) Key() string { return d.id }

// A record is one change: the new document, or none if it is deleted.
type record struct {
	Kind  string          `json:"kind"`
	ID    string          `json:"id"`
	Value json.RawMessage `json:"value,omitempty"`
}

// openRecords reads the log, and compacts one that holds many old documents.
func openRecords(ctx context.Context, path string) (*records, error) {
	log, err := filestore.Open(path)
	if err != nil {
		return nil, err
	}
	r := &records{log: log, kinds: make(map[string]*ordered.Index[document])}
	changes := 0
	err = log.Read(ctx, 0, func(number uint64, text []byte) error {
		var batch []record
		if err := json.Unmarshal(text, &batch); err != nil {
			return fmt.Errorf("record %d: %w", number, err)
		}
		r.last = number
		r.apply(batch)
		changes += len(batch)
		return nil
	})
	if err == nil && changes > 1000+2*r.size() {
		err = r.compact(ctx)
	}
	if err != nil {
		_ = log.Close()
		return nil, err
	}
	return r, nil
}

func (r *records) size() (n int) {
	for _, of := range r.kinds {
		n += of.Len()
	}
	return n
}

func (r *records) compact(ctx context.Context) error {
	var all []record
	for kind, of := range r.kinds {
		for d := range of.All() {
			all = append(all, record{kind, d.id, d.text})
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	if err := r.log.Replace(ctx, r.last, [][]byte{text}); err != nil {
		return err
	}
	r.last++
	return nil
}

func (r *records) apply(batch []record) {
	for _, c := range batch {
		of := r.of(c.Kind)
		r.kinds[c.Kind] = of
		if c.Value == nil {
			of.Remove(c.ID)
		} else {
			of.Put(document{c.ID, c.Value})
		}
	}
}

// change puts a document.
func change(kind, id string, value any) (record, error) {
	text, err := json.Marshal(value)
	return record{kind, id, text}, err
}

// write makes changes, all or none.
func (r *records) write(ctx context.Context, batch ...record) error {
	text, err := json.Marshal(batch)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.log.Append(context.WithoutCancel(ctx), r.last, text); err != nil {
		return err
	}
	r.last++
	r.apply(batch)
	return nil
}

// put writes one document.
func (r *records) put(ctx context.Context, kind, id string, value any) error {
	c, err := change(kind, id, value)
	if err != nil {
		return err
	}
	return r.write(ctx, c)
}

// remove deletes documents. One that is not there is no error.
func (r *records) remove(ctx context.Context, kind string, ids ...string) error {
	var batch []record
	r.mu.RLock()
	for _, id := range ids {
		if r.of(kind).Has(id) {
			batch = append(batch, record{Kind: kind, ID: id})
		}
	}
	r.mu.RUnlock()
	if len(batch) == 0 {
		return nil
	}
	return r.write(ctx, batch...)
}

// get reads a document.
func (r *records) get(kind, id string, to any) (ok bool, err error) {
	r.mu.RLock()
	d, ok := r.of(kind).Get(id)
	r.mu.RUnlock()
	if !ok {
		return false, nil
	}
	return true, json.Unmarshal(d.text, to)
}

// of returns the documents of a kind. The caller holds the lock.
func (r *records) of(kind string) *ordered.Index[document] {
	if of, ok := r.kinds[kind]; ok {
		return of
	}
	return new(ordered.Index[document])
}

// find reads a document. One that is not there is refused with the text missing.
func find[T any](r *records, kind, id, missing string) (doc T, err error) {
	ok, err := r.get(kind, id, &doc)
	if err == nil && !ok {
		err = refuse(notFound, "%s", missing)
	}
	return doc, err
}

// ofDataSet reads the documents of a data set, whose ids begin with its id and a slash,
// in the order of their ids.
func ofDataSet[T any](r *records, kind, set string) (all []T, err error) {
	for id := range r.under(kind, set+"/")("") {
		var doc T
		ok, err := r.get(kind, id, &doc)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, doc)
		}
	}
	return all, nil
}

// ids returns the ids of a kind in order.
func (r *records) ids(kind string) []string { return slices.Collect(r.from(kind)("")) }

// from returns the ids of a kind from one on, in order. They are read in parts, so
// that the caller may read and change documents meanwhile: what is added or deleted
// then is there or is not.
func (r *records) from(kind string) idsFrom {
	return func(id string) iter.Seq[string] {
		return func(yield func(string) bool) {
			for part := r.part(kind, id); len(part) > 0; part = r.part(kind, part[len(part)-1]+"\x00") {
				for _, id := range part {
					if !yield(id) {
						return
					}
				}
			}
		}
	}
}

// under returns the ids of a kind that begin with a text, as from does.
func (r *records) under(kind, prefix string) idsFrom {
	return func(id string) iter.Seq[string] {
		return func(yield func(string) bool) {
			for id := range r.from(kind)(max(id, prefix)) {
				if !strings.HasPrefix(id, prefix) || !yield(id) {
					return
				}
			}
		}
	}
}

// part returns the first ids of a kind from one on, not more than a page has.
func (r *records) part(kind, id string) (ids []string) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for d := range r.of(kind).From(id) {
		if ids = append(ids, d.id); len(ids) > maxPage {
			break
		}
	}
	return ids
}
