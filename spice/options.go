package spice

import (
	"context"
	"time"

	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/spice/observe"
	"github.com/rowsight/rowsight/spice/witness"
)

// MaxKeyCache is the longest time for which a store may use a key without
// asking the key service again. So it is also the longest time for which a
// disabled key opens datasets (K3).
const MaxKeyCache = 15 * time.Minute

// Options set the keys, the audit log and the other settings of a store. Nil is
// the default: the store is encrypted by a local key service beside the folder
// and audited in the folder.
type Options struct {
	// Partition, Region and Account are parts of the ARNs of datasets; the
	// defaults are "aws", "us-east-1" and "000000000000".
	Partition, Region, Account string

	// Keys is the key service that wraps the data keys of datasets (K1). Files
	// name their key; Key and TrustedKeys say which keys are accepted. Nil is
	// the local key service of package keys in the folder "<dir>.keys". Anyone
	// with both folders can read the data, so keep them apart.
	Keys keys.Keys
	// Key is the ARN of the key for new datasets and full refreshes, until a
	// default key is registered. If Keys is nil, Key may be left out: the store
	// then uses the first usable key of the local key service, which creates
	// one if it has none.
	Key string
	// TrustedKeys are ARNs of further keys that datasets may use, such as an
	// earlier Key. The store accepts Key, TrustedKeys, and keys that were
	// registered with [Store.UpdateKeyRegistration], and refuses data under any
	// other key. Without Key and TrustedKeys it accepts all keys of its account
	// and Region.
	TrustedKeys []string
	// Unencrypted stores the data keys of datasets unwrapped beside the data.
	// Then anyone who can read the folder can read every row, and anyone who
	// can write to it can change rows and rules undetected. Without it, the
	// store refuses datasets that were stored this way; create them again to
	// encrypt them. It cannot be combined with Keys.
	Unencrypted bool
	// KeyCache is the time for which an unwrapped data key is used again, at
	// most [MaxKeyCache]. For this time, a disabled key still opens datasets
	// and streams continue (K3). With 0, the store asks the key service at
	// every read and before each record of a stream, and each request writes an
	// audit record.
	KeyCache time.Duration

	// AnswerCache is how many bytes of answers [Dataset.Ask] keeps; 0 keeps none. It
	// uses an answer again for the same question about the same version of a SPICE
	// dataset, in any session whose rules admit the same rows. Each use passes the
	// same checks as a read: session, keys, rules and columns. The audit record says
	// that the answer was kept. Do not change the memory of an answer: another
	// session may get the same.
	AnswerCache int64
	// RowCache is how many bytes of rows questions ([Dataset.Ask]) may keep in memory;
	// 0 keeps none. The first question of a session about a SPICE dataset keeps the
	// columns that it needs, of the rows that the rules admit, and later ones add
	// theirs. Questions of sessions whose rules admit the same rows of the same version
	// then read nothing from the folder. A session whose columns take more than a
	// quarter of RowCache reads them each time. Checks and audit records are those of
	// a question without RowCache. Rows that are kept are not encrypted. An [Engine]
	// must not change the memory of its rows.
	RowCache int64

	// Witness detects older states of datasets and of the list of registered
	// keys that somebody put back into the folder, which are [ErrRollback]. It
	// also detects that the end of the store's own audit log was cut off. It
	// stores a digest of each, and the head of the log, outside of the folder.
	// If the witness is not available, reads and changes fail. Call
	// [Store.Enroll] once when you add a witness to an existing store. Nil
	// accepts old states. A store opened with ReadOnly only reads the witness.
	Witness witness.Witness

	// Audit gets a record of every read and every change (K2). If a record
	// cannot be written, the read fails. Nil is the file "audit.jsonl" in the
	// folder. With ReadOnly, Audit is required.
	Audit audit.Sink
	// Operator is the identity that audit records name for changes through this
	// store.
	Operator namespace.Identity
	// Observer follows reads, refreshes, filters and uses of keys; see package
	// observe. Nil observes nothing.
	Observer observe.Observer
	// Access decides which session may open which dataset, before the rules
	// apply. Nil lets every session open every dataset and see the rows that
	// the rules admit.
	Access Access

	// ReadOnly opens a folder that another process may write to. Changes by
	// that process apply to the next read.
	ReadOnly bool
	// Allocator provides the memory of records. Nil uses memory of the garbage
	// collector, so texts stay valid after a record is released. An allocator
	// that reuses memory, such as a [batch.Pool], is faster, but a text of a
	// released record may then become a text of another viewer's record. Clone
	// each text that you keep.
	Allocator memory.Allocator
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Access decides whether a session may open a dataset, like the resource
// permissions of QuickSight. An error denies access; operators see it as the
// reason. Access is called concurrently.
type Access interface {
	Allow(ctx context.Context, s Session, action string, dataset namespace.ARN) error
}

// Actions that [Access] decides on, named as in IAM.
const (
	// ActionQuery reads the rows that the rules admit.
	ActionQuery = "quicksight:PassDataSet"
	// ActionPrepare reads rows as an owner who prepares data (V2).
	ActionPrepare = "quicksight:UpdateDataSet"
)
