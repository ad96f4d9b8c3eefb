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

// MaxKeyCache is the longest that a store may go on using a key without asking
// for it again, and so the longest that a key which was disabled still opens
// datasets (K3).
const MaxKeyCache = 15 * time.Minute

// Options set the keys, the audit log and the other settings of a store. Nil is
// the default: the store is encrypted by a local key service beside the folder
// and audited in the folder.
type Options struct {
	// Partition, Region and Account are those of the ARNs of datasets; "" is
	// "aws", "us-east-1" and "000000000000".
	Partition, Region, Account string

	// Keys wrap the data keys of datasets (K1). A file says under which key it
	// is; Key and TrustedKeys say which of them count. Nil is the local key service of
	// package keys in the folder "<dir>.keys": whoever holds both folders can
	// read the data, so keep them apart.
	Keys keys.Keys
	// Key is the ARN of the key that new datasets, and full refreshes, take
	// until one is registered as the default. With Keys of nil it may be left
	// out: it is then the first key of the local key service that can be used,
	// which makes one if it has none.
	Key string
	// TrustedKeys are ARNs of further keys that datasets may be under, such as an
	// earlier Key. What is under any other key is refused, whoever sealed it: keys
	// count if they are Key, among these, or registered through this store by
	// [Store.UpdateKeyRegistration]. Without Key and TrustedKeys all keys of the
	// account and Region of the store count.
	TrustedKeys []string
	// Unencrypted keeps the data keys of datasets beside the data, unwrapped:
	// whoever can read the folder reads every row past all rules, and whoever can
	// write to it changes rows and rules without a trace. Without it, datasets
	// that were stored so are refused; to encrypt them, create them again. It
	// cannot be set together with Keys.
	Unencrypted bool
	// KeyCache is how long an unwrapped data key is used again, and so how long a
	// key that was disabled still opens datasets and keeps streams going (K3). 0
	// is not at all: the key service is asked at every read and again before each
	// record of a stream, and leaves an audit record each time. At most
	// [MaxKeyCache].
	KeyCache time.Duration

	// Witness makes older states of datasets an error, [ErrRollback], that somebody
	// put back into the folder, and of the audit log that the store opens itself a
	// tail that was cut off. The same holds for the list of registered keys. It keeps a
	// digest of each, and the head of the log, outside of the folder; a change or a read fails if it cannot be asked. A
	// store that had none calls [Store.Enroll] once. Nil accepts old states. A store
	// opened with ReadOnly only reads it.
	Witness witness.Witness

	// Audit gets a record of every read and every change (K2); a read whose
	// record cannot be written fails. Nil is the file "audit.jsonl" in the
	// folder; a store that was opened with ReadOnly must be given one.
	Audit audit.Sink
	// Operator is who changes datasets through this store, for the audit
	// records.
	Operator namespace.Identity
	// Observer follows reads, refreshes, filters and uses of keys; see package
	// observe. Nil observes nothing.
	Observer observe.Observer
	// Access decides who may open which dataset, before any rule is asked. Nil
	// lets every session open every dataset, to see what the rules show.
	Access Access

	// ReadOnly opens a folder that another process may write to. What it
	// changes holds for the next read.
	ReadOnly bool
	// Allocator provides the memory of records. Nil is memory of the garbage
	// collector: texts that a program keeps from a record stay what they are, also
	// after the record is released. An allocator that hands freed memory out again,
	// such as a [batch.Pool], is faster and takes that away: a text of a released
	// record may then turn into a text of another viewer's, so clone what is kept.
	Allocator memory.Allocator
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Access decides who may open a dataset: the resource permissions that
// QuickSight keeps beside its rules. An error is a refusal, and the reason
// that the operator sees. It is asked by many goroutines at once.
type Access interface {
	Allow(ctx context.Context, s Session, action string, dataset namespace.ARN) error
}

// What [Access] is asked about, in the names of IAM actions.
const (
	// ActionQuery is reading rows as the rules show them.
	ActionQuery = "quicksight:PassDataSet"
	// ActionPrepare is reading rows as an owner who prepares data (V2).
	ActionPrepare = "quicksight:UpdateDataSet"
)
