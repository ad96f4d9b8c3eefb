package spice

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice/internal/seal"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
	"github.com/rowsight/rowsight/tagrules"
)

// What a dataset is stands in one file, "state", that is replaced in one step.
// Everything in it is sealed but what it takes to unseal it:
//
//	datasets/<hash of the id>/state                       header, with the body sealed
//	datasets/<hash of the id>/000000000000002a.rows …     segments, see spicefile
//
// The body is sealed because it decides who sees what: a file that says
// "restricted: no" must not come from anybody but the store.
type header struct {
	Format  int
	ID      string
	ARN     string
	UID     string // of this dataset, and of none that is created again under its id
	KeyARN  string // "": Key is not wrapped, the dataset is not encrypted
	Key     []byte // the data key, wrapped under KeyARN
	Seq     uint64 // counts writes; bound to the body
	Sealed  []byte // body
	GrantID string `json:",omitempty"`
}

// format 1 had a list of the segments in use beside what is sealed.
const format = 2

// body is the sealed part.
type body struct {
	ID, UID     string
	Name        string
	ImportMode  ImportMode
	UseAs       UseAs           `json:",omitempty"`
	Parent      string          `json:",omitempty"`
	ParentUID   string          `json:",omitempty"`
	Columns     []Column        `json:",omitempty"`
	Owners      []namespace.ARN `json:",omitempty"`
	ColumnRules []ColumnRule    `json:",omitempty"`
	MaxRunes    int             `json:",omitempty"`
	Cluster     []string        `json:",omitempty"`

	Rules  *attachment `json:",omitempty"`
	Serial int64       // counts attachments and changes of tag rules
	Tags   *tagSetting `json:",omitempty"`

	Bound *bound `json:",omitempty"` // nil in format 1

	Version  int64         // counts refreshes that changed the rows
	Next     uint64        // number of the next segment
	Schema   []byte        `json:",omitempty"` // as delivered, an IPC stream without records
	Segments []segmentInfo `json:",omitempty"`

	Ingestions  []Ingestion `json:",omitempty"`
	CreatedTime time.Time
	UpdatedTime time.Time
}

// bound are words of the header that nothing else vouches for.
type bound struct{ KeyARN, GrantID string }

// attachment is the permission dataset of a dataset.
type attachment struct {
	Serial    int64 // of this attachment
	Settings  rls.PermissionDataSet
	Options   rls.Options
	Dataset   string `json:",omitempty"` // id of a permission dataset of the store
	UID       string `json:",omitempty"` // of that dataset: another of its name is another
	Live      bool   `json:",omitempty"` // Rules or Source of Permissions; not stored
	DenyStale bool   `json:",omitempty"`
}

// tagSetting is the tag rules of a dataset.
type tagSetting struct {
	Serial  int64
	Config  *tagrules.Config
	Options tagrules.Options
}

type segmentInfo struct {
	Version uint64
	Tag     spicefile.Tag
	Rows    int64
}

// snapshot is a state of a dataset. It is never changed.
type snapshot struct {
	head   header
	body   body
	mark   mark          // of the file
	schema *arrow.Schema // nil before the first refresh, and for what is not SPICE

	digestOnce sync.Once
	digest     [sha256.Size]byte // see version
}

// version returns a digest of the rows and of their columns.
func (s *snapshot) version() [sha256.Size]byte {
	s.digestOnce.Do(func() {
		digest := sha256.New()
		// The segments, and not only the number of the version: a folder may be put back.
		for _, seg := range s.body.Segments {
			digest.Write(binary.LittleEndian.AppendUint64(seg.Tag[:], seg.Version))
		}
		if s.schema != nil {
			digest.Write([]byte(s.schema.String()))
		}
		digest.Sum(s.digest[:0])
	})
	return s.digest
}

// rows counts the rows of all segments.
func (s *snapshot) rows() (n int64) {
	for _, seg := range s.body.Segments {
		n += seg.Rows
	}
	return n
}

// newBox seals one file. Its key is derived from a data key for one use: no two files
// share one.
func newBox(key []byte, use, arn string, version uint64) (*seal.Box, error) {
	k, err := hkdf.Expand(sha256.New, key, "rowsight spice: "+use, seal.KeySize)
	if err != nil {
		return nil, err
	}
	defer clear(k)
	return seal.NewBox(k, arn, version)
}

// segmentBox seals one segment.
func segmentBox(key []byte, arn string, version uint64) (*seal.Box, error) {
	return newBox(key, "segment "+strconv.FormatUint(version, 10), arn, version)
}

const kindState = "state"

// encode returns the state file of b under a header, whose Seq and Sealed it
// fills in.
func encodeState(h header, b body, key []byte) (header, []byte, error) {
	h.Format, h.Seq = format, h.Seq+1
	b.Bound = &bound{h.KeyARN, h.GrantID}
	plain, err := json.Marshal(b)
	if err != nil {
		return header{}, nil, err
	}
	box, err := newBox(key, kindState, h.ARN, h.Seq)
	if err != nil {
		return header{}, nil, err
	}
	if h.Sealed, err = box.Seal(nil, kindState, 0, plain); err != nil {
		return header{}, nil, err
	}
	file, err := json.Marshal(h)
	return h, file, err
}

// decodeHeader reads the plain part of a state file.
func decodeHeader(file []byte) (header, error) {
	var h header
	if err := json.Unmarshal(file, &h); err != nil {
		return header{}, fmt.Errorf("%w: the state: %w", ErrCorrupt, err)
	}
	if h.Format < 1 || h.Format > format {
		return header{}, fmt.Errorf("%w: the state has format %d, want at most %d", ErrCorrupt, h.Format, format)
	}
	return h, nil
}

// decodeBody unseals the rest.
func decodeBody(h header, key []byte) (*snapshot, error) {
	box, err := newBox(key, kindState, h.ARN, h.Seq)
	if err != nil {
		return nil, err
	}
	plain, err := box.Open(nil, kindState, 0, h.Sealed)
	if err != nil {
		return nil, fmt.Errorf("%w: the state: %w", ErrCorrupt, err)
	}
	s := &snapshot{head: h}
	if err := json.Unmarshal(plain, &s.body); err != nil {
		return nil, fmt.Errorf("%w: the state: %w", ErrCorrupt, err)
	}
	if s.body.ID != h.ID || s.body.UID != h.UID {
		return nil, fmt.Errorf("%w: the state belongs to another dataset", ErrCorrupt)
	}
	if b := s.body.Bound; b != nil && *b != (bound{h.KeyARN, h.GrantID}) {
		return nil, fmt.Errorf("%w: the state is under another key, or grant", ErrCorrupt)
	}
	if s.schema, err = decodeSchema(s.body.Schema); err != nil {
		return nil, err
	}
	return s, nil
}

func encodeSchema(s *arrow.Schema) ([]byte, error) {
	var b bytes.Buffer
	err := ipc.NewWriter(&b, ipc.WithSchema(s)).Close()
	return b.Bytes(), err
}

func decodeSchema(b []byte) (*arrow.Schema, error) {
	if len(b) == 0 {
		return nil, nil
	}
	r, err := ipc.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: the schema: %w", ErrCorrupt, err)
	}
	defer r.Release()
	return r.Schema(), nil
}

// clone returns a copy of b in which lists can be replaced and appended to.
func (b body) clone() body {
	b.Segments = slices.Clone(b.Segments)
	b.Ingestions = slices.Clone(b.Ingestions)
	return b
}

func statePath(dir string) string { return filepath.Join(dir, "state") }
