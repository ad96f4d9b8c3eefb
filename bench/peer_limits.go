package main

import (
	"encoding/binary"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
)

// What the machine allows: a mask has to read the columns that the rules
// restrict, and rows have to be copied. Both baselines move bytes and decide
// nothing; rows that are not visible need not be copied, so that memcpy is a
// scale for filters that show much, and no limit for those that show little.

func openLimits(_ *Env, d *Data, threads int) (Session, error) {
	return &limitSession{data: d, threads: threads}, nil
}

type limitSession struct {
	data    *Data
	threads int
}

func (s *limitSession) Version() string { return "" }
func (s *limitSession) Close()          {}

func (s *limitSession) Prepare(c *Case) (Query, time.Duration, error) {
	return &limitQuery{limitSession: s, columns: c.Columns(), targets: make([][]byte, s.threads)}, 0, nil
}

type limitQuery struct {
	*limitSession
	columns []string
	targets [][]byte // of memcpy, one per goroutine
	sink    uint64
}

func (q *limitQuery) Close() {}

func (q *limitQuery) Run(k Kind, p Part, check *Answer) (time.Duration, error) {
	if check != nil || k == Mask && len(q.columns) == 0 {
		return 0, errNoKind
	}
	batches, _ := q.data.Part(p)
	if k == Mask {
		sums := make([]uint64, q.threads)
		defer func() { q.sink += sums[0] }()
		return timed(func() error {
			return eachBatch(batches, q.threads, func(worker, _ int, rec arrow.Record) error {
				for _, name := range q.columns {
					for _, b := range buffers(rec.Column(q.data.Schema.FieldIndices(name)[0]).Data(), false) {
						sums[worker] += sumBytes(b)
					}
				}
				return nil
			})
		})
	}
	return timed(func() error {
		return eachBatch(batches, q.threads, func(worker, _ int, rec arrow.Record) error {
			at := 0
			for _, c := range rec.Columns() {
				for _, b := range buffers(c.Data(), false) {
					if need := at + len(b); need > len(q.targets[worker]) {
						q.targets[worker] = append(q.targets[worker], make([]byte, need*2)...)
					}
					at += copy(q.targets[worker][at:], b)
				}
			}
			return nil
		})
	})
}

// sumBytes reads b, 32 bytes at a time so that the additions overlap.
func sumBytes(b []byte) uint64 {
	var s0, s1, s2, s3 uint64
	for ; len(b) >= 32; b = b[32:] {
		s0 += binary.LittleEndian.Uint64(b)
		s1 += binary.LittleEndian.Uint64(b[8:])
		s2 += binary.LittleEndian.Uint64(b[16:])
		s3 += binary.LittleEndian.Uint64(b[24:])
	}
	for _, c := range b {
		s0 += uint64(c)
	}
	return s0 + s1 + s2 + s3
}
