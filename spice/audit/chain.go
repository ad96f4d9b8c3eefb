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
// It is taken of bytes and not of what they mean, so that nothing needs a
// canonical form.
const (
	chainStart  = `,"chain":{"sequence":`
	chainPrev   = `,"previous":"`
	chainDigest = `","digest":"`
	chainEnd    = `"}}`
	chainMagic  = "rowsight audit 1"

	// MaxLine is how long a line of a log may be, in bytes.
	MaxLine = 1 << 20
)

// Why a line does not belong into the chain.
var (
	ErrLine     = errors.New("not a line of an audit log")
	ErrTorn     = errors.New("the last line is not complete")
	ErrSequence = errors.New("lines before this one are missing, or in another order")
	ErrPrevious = errors.New("this line does not follow from the one before it")
	ErrDigest   = errors.New("this line was changed, or written with another key")
	ErrHead     = errors.New("the log does not hold the line that its head was taken of")
)

// A Head is where a log ends: the number of its last line and the digest of all
// lines up to it. The zero Head is the head of an empty log. Kept where those who
// write the log cannot write, it shows that lines were cut off the end. It is
// comparable.
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

// ParseHead reads what [Head.String] wrote.
func ParseHead(s string) (Head, error) {
	number, digest, ok := strings.Cut(s, ":")
	n, err := strconv.ParseUint(number, 10, 64)
	b, hexErr := hex.DecodeString(digest)
	if !ok || err != nil || hexErr != nil || len(b) != sha256.Size {
		return Head{}, fmt.Errorf("head %q: want NUMBER:DIGEST with a digest of %d hexadecimal digits", s, 2*sha256.Size)
	}
	return Head{n, [sha256.Size]byte(b)}, nil
}

// next returns the head behind a line whose record is body.
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

// A link is the chain of a line.
type link struct {
	body     []byte // of the line, up to the chain
	at       Head   // what the line says of itself
	previous [sha256.Size]byte
}

// parseLine takes a line, without its line feed, apart.
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
	// Another way to write the same chain would be a change that no digest shows.
	again := hex.AppendEncode(append(strconv.AppendUint(nil, n, 10), chainPrev...), p)
	again = append(hex.AppendEncode(append(again, chainDigest...), d), chainEnd...)
	if string(again) != string(line[at+len(chainStart):]) {
		return link{}, ErrLine
	}
	return l, nil
}

// follows returns why the line cannot stand behind h, or the head behind it.
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
