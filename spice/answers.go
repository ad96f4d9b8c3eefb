package spice

import (
	"container/list"
	"crypto/sha256"
	"encoding/binary"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query/eval"
)

// answers keeps answers that were computed, up to a number of bytes. The answer
// that was used least recently goes first. A nil *answers keeps nothing.
//
// A kept answer is not a permission. Each read decides anew, from the session, the
// rules, the keys and the version of the rows, what it would compute, and finds an
// answer only if it was computed from the same.
type answers struct {
	most int64

	mu    sync.Mutex
	size  int64
	order *list.List // of *kept, the newest first
	byKey map[answerKey]*list.Element
}

// An answerKey is what an answer depends on: the rows that the rules admit, and a
// digest of the version of the dataset, the columns and the question.
type answerKey struct {
	rows uint64 // hash of the predicate, which kept.rows confirms
	rest [sha256.Size]byte
}

type kept struct {
	key    answerKey
	rows   predicate.Predicate
	answer eval.Result
	size   int64
}

func newAnswers(most int64) *answers {
	if most <= 0 {
		return nil
	}
	return &answers{most: most, order: list.New(), byKey: make(map[answerKey]*list.Element)}
}

// get returns the answer of a key, which the caller releases.
func (a *answers) get(key answerKey, rows predicate.Predicate) (*eval.Result, bool) {
	if a == nil {
		return nil, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.byKey[key]
	if !ok || !e.Value.(*kept).rows.Equal(rows) {
		return nil, false
	}
	a.order.MoveToFront(e)
	return retained(&e.Value.(*kept).answer), true
}

// put keeps an answer. One that takes more than a quarter of the bytes is not kept.
func (a *answers) put(key answerKey, rows predicate.Predicate, answer *eval.Result) {
	if a == nil {
		return
	}
	size := recordSize(answer.Rows) + recordSize(answer.Totals) + predicateSize(rows) + 512
	a.mu.Lock()
	defer a.mu.Unlock()
	if size > a.most/4 {
		return
	}
	if e, ok := a.byKey[key]; ok { // somebody was faster
		a.drop(e)
	}
	a.byKey[key] = a.order.PushFront(&kept{key, rows, *retained(answer), size})
	for a.size += size; a.size > a.most; {
		a.drop(a.order.Back())
	}
}

func (a *answers) drop(e *list.Element) {
	k := a.order.Remove(e).(*kept)
	delete(a.byKey, k.key)
	a.size -= k.size
	k.answer.Release()
}

// close releases all answers.
func (a *answers) close() {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.order.Len() > 0 {
		a.drop(a.order.Back())
	}
	a.most = 0 // a read that still runs keeps nothing
}

// retained returns a result that is released on its own.
func retained(r *eval.Result) *eval.Result {
	for _, rec := range []arrow.Record{r.Rows, r.Totals} {
		if rec != nil {
			rec.Retain()
		}
	}
	return &eval.Result{Rows: r.Rows, Totals: r.Totals}
}

func recordSize(rec arrow.Record) (n int64) {
	if rec == nil {
		return 0
	}
	for _, c := range rec.Columns() {
		n += arraySize(c)
	}
	return n
}

func predicateSize(p predicate.Predicate) (n int64) {
	n = 64
	for v := range p.Values() {
		n += int64(len(v)) + 16
	}
	for a := range p.Args() {
		n += predicateSize(a)
	}
	return n
}

// answerKey returns what the answer to the plan depends on. Without ok it is not
// known: the rows of a database may change at any time.
func (r *read) answerKey() (key answerKey, rows predicate.Predicate, ok bool) {
	l := r.levels[0]
	question, err := r.plan.Query().MarshalJSON()
	if r.d.store.answers == nil || l.snap.body.ImportMode != SPICE || err != nil {
		return key, rows, false
	}
	digest := sha256.New()
	add := func(text string) {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(text)))
		digest.Write(n[:])
		digest.Write([]byte(text))
	}
	version := versionOf(l.d.uid, l.snap)
	digest.Write(version[:])
	add("columns")
	for _, name := range r.plan.Needs() {
		f := r.root.Field(r.columns[r.visible(name)].root)
		add(name)
		add(f.Name)
		add(f.Type.String())
	}
	add("question")
	add(string(question))
	rows = r.rows.Rows()
	key.rows = rows.Hash()
	digest.Sum(key.rest[:0])
	return key, rows, true
}
