package spice

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// A mark stands for one state of a dataset. One without a digest says that the
// dataset is deleted.
type mark struct {
	Seq    uint64
	Digest string `json:",omitempty"` // SHA-256 of the state file
}

func markOf(seq uint64, file []byte) mark {
	sum := sha256.Sum256(file)
	return mark{seq, hex.EncodeToString(sum[:])}
}

// testimony is what the witness keeps of a dataset, under its ARN. A change goes
// in three steps, so that a process may be killed between any two of them:
//
//	witness  Is: old, Next: new    either state is accepted
//	folder   new
//	witness  Is: new               only then the change is reported
//
// A store that writes and finds Next settles which of the two it is. From then
// on, and from when a change was reported, the other one is refused.
type testimony struct {
	Is   *mark `json:",omitempty"` // nil before the dataset is created
	Next *mark `json:",omitempty"`
}

func (t testimony) encode() []byte {
	b, _ := json.Marshal(t) // two numbers and two texts
	return b
}

func (t testimony) accepts(m mark) bool {
	return t.Is != nil && *t.Is == m || t.Next != nil && *t.Next == m
}

// gone reports whether there may be no dataset.
func (t testimony) gone() bool {
	return t.Is == nil || t.Is.Digest == "" || t.Next != nil && t.Next.Digest == ""
}

// testimony reads what the witness keeps under a name.
func (s *Store) testimony(ctx context.Context, name string) (t testimony, text []byte, err error) {
	if text, err = s.opts.Witness.Read(ctx, name); err != nil {
		return testimony{}, nil, fmt.Errorf("%w: %w", ErrWitness, err)
	}
	if text == nil {
		return testimony{}, nil, nil
	}
	if err := json.Unmarshal(text, &t); err != nil {
		return testimony{}, nil, fmt.Errorf("%w: what it keeps: %w", ErrWitness, err)
	}
	return t, text, nil
}

// testify tells the witness.
func (s *Store) testify(ctx context.Context, name string, old []byte, t testimony) error {
	// What was begun is brought to an end, called off or not.
	if err := s.opts.Witness.Replace(context.WithoutCancel(ctx), name, old, t.encode()); err != nil {
		return fmt.Errorf("%w: %w", ErrWitness, err)
	}
	return nil
}

func (d *Dataset) testimony(ctx context.Context) (t testimony, text []byte, err error) {
	return d.store.testimony(ctx, d.store.arn(d.id).String())
}

func (d *Dataset) replace(ctx context.Context, old []byte, t testimony) error {
	return d.store.testify(ctx, d.store.arn(d.id).String(), old, t)
}

// vouched reports why a state is not the one that the witness knows.
func (d *Dataset) vouched(ctx context.Context, m mark) error {
	if d.store.opts.Witness == nil {
		return nil
	}
	t, text, err := d.testimony(ctx)
	if err != nil {
		return err
	}
	if t.accepts(m) {
		if t.Next != nil && !d.store.opts.ReadOnly {
			return d.replace(ctx, text, testimony{Is: &m})
		}
		return nil
	}
	// A process that writes may have gone on since the file was read.
	if file, err := d.store.disk.ReadFile(statePath(d.dir)); err != nil || markOf(m.Seq, file) != m {
		return errors.Join(errStale, err)
	}
	if text == nil {
		return fmt.Errorf("%w: the witness has no value for the dataset; see Enroll", ErrRollback)
	}
	return fmt.Errorf("%w: state %d differs from the one in the witness", ErrRollback, m.Seq)
}

// vouched asks the witness for everything that a view was made of. A store that
// writes did so when it read or wrote a state.
func (v *view) vouched(ctx context.Context) error {
	if !v.d.store.opts.ReadOnly {
		return nil
	}
	for _, l := range v.used {
		if err := l.d.vouched(ctx, l.snap.mark); err != nil {
			return err
		}
	}
	return nil
}

// An announcement is a change that is recorded with the witness before it is made.
type announcement struct {
	d        *Dataset
	is, next *mark
	text     []byte // that the witness keeps
}

// announce tells the witness what comes after is, which is nil for what is
// created. any is for a deletion, which is right whatever there is.
func (d *Dataset) announce(ctx context.Context, is *mark, next mark, any bool) (*announcement, error) {
	if d.store.opts.Witness == nil {
		return nil, nil
	}
	t, old, err := d.testimony(ctx)
	switch {
	case err != nil:
		return nil, err
	case any:
		is = t.Is
	case is == nil && !t.gone():
		return nil, fmt.Errorf("%w: the witness already has a dataset of this name", ErrRollback)
	case is == nil:
		is = t.Is
		if t.Next != nil && t.Next.Digest == "" {
			is = t.Next // its deletion did not come to its end
		}
	case !t.accepts(*is):
		return nil, fmt.Errorf("%w: state %d differs from the one in the witness", ErrRollback, is.Seq)
	}
	a := &announcement{d: d, is: is, next: &next}
	told := testimony{Is: is, Next: &next}
	a.text = told.encode()
	if bytes.Equal(old, a.text) {
		return a, nil
	}
	return a, d.replace(ctx, old, told)
}

// settle tells the witness how the change ended.
func (a *announcement) settle(ctx context.Context, done bool) error {
	if a == nil {
		return nil
	}
	if done {
		return a.d.replace(ctx, a.text, testimony{Is: a.next})
	}
	return a.d.replace(ctx, a.text, testimony{Is: a.is})
}

// goes tells the witness that a dataset is deleted, around what deletes it.
func (d *Dataset) goes(ctx context.Context, remove func() error) error {
	d.telling.Lock()
	defer d.telling.Unlock()
	a, err := d.announce(ctx, nil, mark{}, true)
	if err != nil {
		return err
	}
	if err := remove(); err != nil {
		return errors.Join(err, a.settle(ctx, false))
	}
	return a.settle(ctx, true)
}

// Enroll stores the current state of datasets and registered keys that the
// witness does not know yet. Call it when you add a witness to an existing
// store. It does not change known values.
//
// Enroll takes the folder for what it should be. If somebody has put an older
// folder in its place before, its older rules are accepted with it, and they may
// admit more rows. Compare the rules with those that you expect first, for example
// with rowsight diff. To accept a folder that you restored
// on purpose, remove its values from the witness, then call Enroll.
func (s *Store) Enroll(ctx context.Context) error {
	if err := s.writable(); err != nil {
		return failed("enroll", err)
	}
	if s.opts.Witness == nil {
		return failed("enroll", fmt.Errorf("%w: Witness is nil", ErrInput))
	}
	errs := []error{s.enrollKeys(ctx)}
	for d := range s.Datasets() {
		errs = append(errs, d.fail("enroll", d.enroll(ctx)))
	}
	return errors.Join(errs...)
}

func (d *Dataset) enroll(ctx context.Context) error {
	d.change.Lock()
	defer d.change.Unlock()
	_, text, err := d.testimony(ctx)
	if err != nil || text != nil {
		return err
	}
	file, err := d.store.disk.ReadFile(statePath(d.dir))
	if err != nil {
		return err
	}
	snap, err := d.decode(ctx, file)
	if err != nil {
		return err
	}
	return d.replace(ctx, nil, testimony{Is: &snap.mark})
}
