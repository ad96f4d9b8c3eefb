package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
)

// A line of a log is a record with its place in the chain as the last member:
//
//	{"eventVersion":"1.11",…,"chain":{"sequence":7,"previous":"9f…","digest":"04…"}}
//
// The digest is SHA-256, or HMAC-SHA-256 with the key of the log, of
//
//	"rowsight audit 1"
//	32 bytes  the digest of the line before; zeros for the first
//	8 bytes   the sequence, big-endian, from 1
//	the line up to `,"chain":`
//
// It covers the bytes of the line, so no canonical form of JSON is needed.
const (
	chainStart  = `,"chain":{"sequence":`
	chainPrev   = `,"previous":"`
	chainDigest = `","digest":"`
	chainEnd    = `"}}`
	chainMagic  = "rowsight audit 1"

	// MaxLine is the greatest length of a line of a log, in bytes.
	MaxLine = 1 << 20
)

// Errors of a line that breaks the chain.
var (
	ErrLine     = errors.New("not a line of an audit log")
	ErrTorn     = errors.New("the last line is not complete")
	ErrSequence = errors.New("lines before this one are missing or reordered")
	ErrPrevious = errors.New("the line does not match the digest of the line before it")
	ErrDigest   = errors.New("the line was changed, or written with another key")
	ErrHead     = errors.New("the log lacks the line that its head names")
)

// A Head is the position of the end of a log: the number of its last line and the
// digest of all lines up to it. The zero Head is the head of an empty log. Keep a
// head where the writers of the log cannot write: it then shows that lines were cut
// off the end. Heads are comparable.
type Head struct {
	Sequence uint64
	Digest   [sha256.Size]byte
}

// String is "7:04…", which [ParseHead] reads back.
func (h Head) String() string { return fmt.Sprintf("%d:%x", h.Sequence, h.Digest) }

// MarshalText is [Head.String].
func (h Head) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText is [ParseHead].
func (h *Head) UnmarshalText(text []byte) (err error) {
	*h, err = ParseHead(string(text))
	return err
}

// ParseHead parses the text form that [Head.String] returns.
func ParseHead(s string) (Head, error) {
	number, digest, ok := strings.Cut(s, ":")
	n, err := strconv.ParseUint(number, 10, 64)
	b, hexErr := hex.DecodeString(digest)
	if !ok || err != nil || hexErr != nil || len(b) != sha256.Size {
		return Head{}, fmt.Errorf("head %q: want NUMBER:DIGEST with a digest of %d hexadecimal digits", s, 2*sha256.Size)
	}
	return Head{n, [sha256.Size]byte(b)}, nil
}

// next returns the head after a line with the record body.
func (h Head) next(key, body []byte) Head {
	var d hash.Hash
	if key == nil {
		d = sha256.New()
	} else {
		d = hmac.New(sha256.New, key)
	}
	d.Write([]byte(chainMagic))
	d.Write(h.Digest[:])
	d.Write(binary.BigEndian.AppendUint64(nil, h.Sequence+1))
	d.Write(body)
	return Head{h.Sequence + 1, [sha256.Size]byte(d.Sum(nil))}
}

// appendLine appends the line of a record, which is a JSON object, to b.
func (h Head) appendLine(b, record, key []byte) ([]byte, Head) {
	body := record[:len(record)-1] // without its brace
	n := h.next(key, body)
	b = append(append(b, body...), chainStart...)
	b = strconv.AppendUint(b, n.Sequence, 10)
	b = hex.AppendEncode(append(b, chainPrev...), h.Digest[:])
	b = hex.AppendEncode(append(b, chainDigest...), n.Digest[:])
	return append(append(b, chainEnd...), '\n'), n
}

// A link is the chain member of a line.
type link struct {
	body     []byte // of the line, up to the chain
	at       Head   // what the line says of itself
	previous [sha256.Size]byte
}

// parseLine splits a line, without its line feed, into its record and its link.
func parseLine(line []byte) (l link, err error) {
	at := bytes.LastIndex(line, []byte(chainStart))
	if at < 1 || line[0] != '{' {
		return link{}, ErrLine
	}
	rest := string(line[at+len(chainStart):])
	number, rest, ok1 := strings.Cut(rest, chainPrev)
	previous, rest, ok2 := strings.Cut(rest, chainDigest)
	digest, end, ok3 := strings.Cut(rest, chainEnd)
	n, err := strconv.ParseUint(number, 10, 64)
	p, errP := hex.DecodeString(previous)
	d, errD := hex.DecodeString(digest)
	if !ok1 || !ok2 || !ok3 || end != "" || errors.Join(err, errP, errD) != nil || len(p) != sha256.Size || len(d) != sha256.Size {
		return link{}, ErrLine
	}
	l = link{line[:at], Head{n, [sha256.Size]byte(d)}, [sha256.Size]byte(p)}
	// The digest does not cover the link: accept only the form that appendLine writes.
	again := hex.AppendEncode(append(strconv.AppendUint(nil, n, 10), chainPrev...), p)
	again = append(hex.AppendEncode(append(again, chainDigest...), d), chainEnd...)
	if string(again) != string(line[at+len(chainStart):]) {
		return link{}, ErrLine
	}
	return l, nil
}

// own reports whether the digest of the line was computed with key.
func (l link) own(key []byte) bool {
	_, err := l.follows(Head{l.at.Sequence - 1, l.previous}, key)
	return err == nil
}

// follows returns the head after the line, or an error if the line cannot follow h.
func (l link) follows(h Head, key []byte) (Head, error) {
	want := h.next(key, l.body)
	switch {
	case l.at.Sequence != want.Sequence:
		return h, fmt.Errorf("%w: got sequence %d, want %d", ErrSequence, l.at.Sequence, want.Sequence)
	case l.previous != h.Digest:
		return h, ErrPrevious
	case !hmac.Equal(want.Digest[:], l.at.Digest[:]):
		return h, ErrDigest
	}
	return l.at, nil
}
