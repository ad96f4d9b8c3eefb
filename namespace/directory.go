package namespace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/internal/plain"
)

// A Directory holds the namespaces, users, groups, memberships and resource
// permissions of one account. It is in memory and, if it was opened with a
// [Log], also in that log. It is safe for concurrent use. The zero Directory
// and a nil one are empty and refuse every call.
//
// Changes and queries go through a [View]: as a user ([Directory.As]) or as the
// administrator of the account ([Directory.Administrator]). The methods of the
// Directory itself are for the program that serves data. They see every
// namespace, so do not show their results to users.
type Directory struct {
	log Log // nil: in memory
	arn ARN // partition, Region and account of every ARN
	max Options

	writing sync.Mutex // one change after the other, without stopping readers

	mu    sync.RWMutex
	state *state // nil: closed to everybody
	at    uint64 // number of the last record applied
	err   error  // why the log cannot be read any more
}

// Options configure a directory. A nil *Options and the zero Options are the
// default.
type Options struct {
	Partition     string // of ARNs; "" is "aws"
	MaxNamespaces int    // besides [Default]; 0 is [MaxNamespaces], negative no limit
	MaxGroups     int    // in a namespace; 0 is [MaxGroups], negative no limit
}

// Limits of a directory. QuickSight raises MaxNamespaces on request.
const (
	MaxNamespaces = 100    // besides [Default]
	MaxGroups     = 10_000 // in one namespace
)

// New returns a directory in memory with the namespace [Default]. account, 12
// digits, and region are parts of its ARNs.
func New(account, region string, opts *Options) (*Directory, error) {
	return Open(context.Background(), nil, account, region, opts)
}

// Open returns the directory of a log, which is new if the log is empty. See
// [New] for the other parameters. The account must be the account of the log.
// If the log allows it, directories of several processes can share it: each one
// reads the changes of the others before it answers.
//
// Open compacts a log with many outdated records first.
func Open(ctx context.Context, log Log, account, region string, opts *Options) (*Directory, error) {
	d := &Directory{log: log}
	if opts != nil {
		d.max = *opts
	}
	d.max.Partition = cmp.Or(d.max.Partition, "aws")
	d.max.MaxNamespaces = cmp.Or(d.max.MaxNamespaces, MaxNamespaces)
	d.max.MaxGroups = cmp.Or(d.max.MaxGroups, MaxGroups)
	d.arn = ARN{Partition: d.max.Partition, Region: region, Account: account}
	if !arn.IsAccount(account) {
		return nil, fmt.Errorf("%w: account %q, want 12 digits", ErrInvalidParameterValue, plain.Abridge(account, maxShown))
	}
	for {
		changes, err := d.load(ctx)
		if err != nil {
			return nil, err
		}
		if d.state.account == "" {
			err := d.append(ctx, 0, []change{{Op: opReset, Account: account}, {Op: opNamespace, Name: Default}})
			if errors.Is(err, ErrConflict) {
				continue // another process was faster
			}
			if err != nil {
				return nil, err
			}
			return d, nil
		}
		if d.state.account != account {
			return nil, fmt.Errorf("%w: account %q, but the log is of %q", ErrInvalidParameterValue, account, d.state.account)
		}
		if changes > 4*(d.state.size+256) {
			if err := d.Compact(ctx); err != nil && !errors.Is(err, ErrConflict) {
				return nil, err
			}
		}
		return d, nil
	}
}

// Compact replaces the log with the records that the current state needs. If
// another process changes the directory at the same time, the error wraps
// [ErrConflict] and the log is unchanged.
func (d *Directory) Compact(ctx context.Context) error {
	if d == nil || d.log == nil {
		return nil
	}
	if err := d.refresh(ctx); err != nil {
		return err
	}
	d.writing.Lock()
	defer d.writing.Unlock()
	d.mu.RLock()
	at := d.at
	records, err := d.state.snapshot()
	d.mu.RUnlock()
	if err != nil {
		return err
	}
	// What was appended since makes this a conflict; what this appends is read
	// by the next call and gives the same state again.
	err = d.log.Replace(ctx, at, records)
	if err != nil && !errors.Is(err, ErrConflict) {
		err = unavailable(err)
	}
	return err
}

// As returns the part of the directory that a user may see and change (N4).
// Every call looks the user up by name, so a deleted user can do nothing. Do
// not keep a View longer than the user's session, because another user may get
// the name later.
func (d *Directory) As(user Identity) View {
	who, ok := d.grantee(user, KindUser)
	if !ok {
		return View{}
	}
	return View{d: d, who: who}
}

// Administrator returns the whole directory, across all namespaces, with every
// action allowed. It is for programs that manage the account. Never use it for
// a request of a user.
func (d *Directory) Administrator() View { return View{d: d, admin: true} }

// Principal returns a user with all of the user's groups, for use with rules.
// An unknown user is an error that wraps [ErrNotFound] and comes with the zero
// Principal, which sees no row.
func (d *Directory) Principal(ctx context.Context, user Identity) (Principal, error) {
	const op = "Principal"
	if err := d.refresh(ctx); err != nil {
		return Principal{}, &Error{Op: op, Kind: KindUser, Name: user.Name, Err: err}
	}
	who, ok := d.grantee(user, KindUser)
	if !ok {
		return Principal{}, &Error{Op: op, Kind: KindUser, Name: user.Name, Err: ErrNotFound}
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	u, ok := d.state.user(who.ns, who.name)
	if !ok {
		return Principal{}, &Error{Op: op, Kind: KindUser, Name: who.name, Err: ErrNotFound}
	}
	p := Principal{User: d.identity(KindUser, who.ns, u.name)}
	if len(u.groups) > 0 {
		p.Groups = make([]Identity, 0, len(u.groups))
	}
	for _, g := range u.groups {
		p.Groups = append(p.Groups, d.identity(KindGroup, who.ns, g.name))
	}
	return p, nil
}

// HasNamespace reports whether a namespace exists; "" is [Default].
func (d *Directory) HasNamespace(ctx context.Context, name string) (bool, error) {
	if err := d.refresh(ctx); err != nil {
		return false, &Error{Op: "HasNamespace", Kind: KindNamespace, Name: name, Err: err}
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.state.spaces.Has(orDefault(name)), nil
}

// NamespaceID returns the id of a namespace; "" is [Default]. there reports
// whether the namespace exists. A namespace that is deleted and created again
// gets another id. Default, and a namespace that an older version created, have
// the id 0.
func (d *Directory) NamespaceID(ctx context.Context, name string) (id uint64, there bool, err error) {
	if err := d.refresh(ctx); err != nil {
		return 0, false, &Error{Op: "NamespaceID", Kind: KindNamespace, Name: name, Err: err}
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	sp, ok := d.state.spaces.Get(orDefault(name))
	if !ok {
		return 0, false, nil
	}
	return sp.id, true, nil
}

// Allows reports whether a user, a group or a namespace may perform an action,
// such as "quicksight:DescribeDashboard", on an asset. The permissions of the
// principal, of the user's groups and of the namespace apply, on the asset and on
// the folders that hold it, and for a user those of the link of a dashboard. For an unknown principal or asset it returns false
// and no error.
func (d *Directory) Allows(ctx context.Context, principal ARN, action string, asset ARN) (bool, error) {
	if err := d.refresh(ctx); err != nil {
		return false, &Error{Op: "Allows", Kind: asset.Kind, Name: asset.Name, Err: err}
	}
	by, ok := d.granteeOf(principal)
	if !ok || !d.owns(asset) {
		return false, nil
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	assets, ok := d.state.assets[asset.Kind]
	if !ok {
		return false, nil
	}
	a, ok := assets.Get(asset.Name)
	return ok && d.state.allows(d.state.standFor(by), a, action), nil
}

// ARN returns the ARN of a resource of this account. Users and groups have a
// namespace, "" for [Default]; other kinds have none.
func (d *Directory) ARN(kind Kind, ns, name string) ARN {
	if d == nil || d.arn.Account == "" || name == "" {
		return ARN{}
	}
	a := d.arn
	a.Kind, a.Name = kind, name
	if kind.InNamespace() {
		a.Namespace = orDefault(ns)
	}
	return a
}

func (d *Directory) identity(kind Kind, ns, name string) Identity {
	return Identity{Namespace: ns, Name: name, ARN: d.ARN(kind, ns, name)}
}

// owns reports whether an ARN is of the account.
func (d *Directory) owns(a ARN) bool {
	return d != nil && a.Partition == d.arn.Partition && a.Account == d.arn.Account && d.arn.Account != ""
}

// granteeOf returns the principal that an ARN names, if it can be one here.
func (d *Directory) granteeOf(a ARN) (grantee, bool) {
	switch {
	case !d.owns(a) || a.Name == "":
		return grantee{}, false
	case a.Kind.InNamespace():
		return grantee{a.Kind, a.Namespace, a.Name}, true
	case a.Kind == KindNamespace:
		return grantee{KindNamespace, a.Name, ""}, true
	default:
		return grantee{}, false
	}
}

// arnOf is the way back.
func (d *Directory) arnOf(g grantee) ARN {
	if g.kind == KindNamespace {
		return d.ARN(KindNamespace, "", g.ns)
	}
	return d.ARN(g.kind, g.ns, g.name)
}

// grantee returns whom an identity names. Its name and its ARN, if it has both,
// must say the same: in doubt it is nobody.
func (d *Directory) grantee(id Identity, kind Kind) (grantee, bool) {
	byName := grantee{kind, id.InNamespace(), id.Name}
	if id.ARN.IsZero() {
		return byName, id.Name != ""
	}
	g, ok := d.granteeOf(id.ARN)
	if !ok || g.kind != kind || id.Name != "" && g != byName {
		return grantee{}, false
	}
	return g, true
}

func orDefault(ns string) string { return cmp.Or(ns, Default) }

// load reads the log from the start. It returns how many changes that were.
func (d *Directory) load(ctx context.Context) (changes int, err error) {
	d.state, d.at = newState(), 0
	if d.log == nil {
		return 0, nil
	}
	err = d.log.Read(ctx, 0, func(number uint64, record []byte) error {
		list, err := decode(number, record)
		if err != nil {
			return err
		}
		changes += len(list)
		return d.applyRecord(number, list)
	})
	if err != nil {
		return 0, unavailable(err)
	}
	return changes, nil
}

// refresh applies what others appended to the log. It waits for the log without
// holding the lock, so that one who waits does not stop others.
func (d *Directory) refresh(ctx context.Context) error {
	if d == nil {
		return ErrAccessDenied
	}
	d.mu.RLock()
	at, known, broken := d.at, d.state != nil, d.err
	d.mu.RUnlock()
	switch {
	case !known:
		return ErrAccessDenied
	case broken != nil:
		return broken
	case d.log == nil:
		return nil
	}
	type news struct {
		number  uint64
		changes []change
	}
	var records []news
	err := d.log.Read(ctx, at, func(number uint64, record []byte) error {
		list, err := decode(number, record)
		records = append(records, news{number, list})
		return err
	})
	if err != nil {
		return unavailable(err)
	}
	if len(records) == 0 {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range records {
		if r.number <= d.at {
			continue // somebody else was here
		}
		if err := d.applyRecord(r.number, r.changes); err != nil {
			d.err = unavailable(err)
			return d.err
		}
	}
	return nil
}

// applyRecord applies a record. One that does not follow the last must begin
// anew.
func (d *Directory) applyRecord(number uint64, list []change) error {
	if number != d.at+1 && (len(list) == 0 || list[0].Op != opReset) {
		return fmt.Errorf("record %d: %w: the last was %d", number, errDamaged, d.at)
	}
	if err := d.state.apply(list); err != nil {
		return fmt.Errorf("record %d: %w", number, err)
	}
	d.at = number
	return nil
}

// append makes changes last, and then happen. They were checked when record
// number at was the last; if it is no longer, that is a conflict. The caller
// holds the lock of writers, or is alone.
func (d *Directory) append(ctx context.Context, at uint64, changes []change) error {
	if d.log != nil {
		record, err := encode(changes)
		if err != nil {
			return err
		}
		if err := d.log.Append(ctx, at, record); err != nil {
			if errors.Is(err, ErrConflict) {
				return err
			}
			return unavailable(err)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.at > at {
		return d.err // a reader has met the record in the log already
	}
	return d.applyRecord(at+1, changes)
}

func unavailable(err error) error { return fmt.Errorf("%w: %w", ErrUnavailable, err) }
