package audit

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/namespace"
)

// A Trail answers questions about audit records, from the logs of this package and
// from CloudTrail. It keeps the events of keys and of QuickSight and skips all others.
// The zero Trail is empty and ready to use. It is not safe for concurrent use.
//
// A Trail does not verify logs: see [Check].
type Trail struct {
	events []*event
	begun  map[[2]string]*event // reads by event and request: one that ends is the one that began
	seen   map[[3]string]bool   // CloudTrail may deliver a record twice
	sorted bool
	texts  map[string]string // one of each: a million records name a hundred keys
}

// An event is an Event with the data that queries need.
type event struct {
	Event
	arns    []string // QuickSight ARNs that it names
	kms     bool
	grant   string // of CreateGrant, RetireGrant, RevokeGrant: its id
	request bool   // the request names the ARNs, as the documents say it does
}

// An Event is one operation of one identity.
type Event struct {
	Time         time.Time `json:"time"`
	Name         string    `json:"event"`
	Who          Identity  `json:"who"`
	Resource     string    `json:"resource,omitempty"` // the ARN that was asked for
	Key          string    `json:"key,omitempty"`      // ARN, or how the request named it
	Version      uint64    `json:"version,omitempty"`
	RulesVersion string    `json:"rulesVersion,omitempty"`
	Change       string    `json:"change,omitempty"`
	Rows         *int64    `json:"rows,omitempty"`
	Error        string    `json:"error,omitempty"` // its code; "" if it was done
	File         string    `json:"file,omitempty"`
	Line         int       `json:"line"`
}

// String returns a readable identity: a user name, with the namespace if that is
// not the default one, an ARN, or a service.
func (id Identity) String() string {
	if strings.HasPrefix(id.Type, "QuickSight") && id.PrincipalID != "" {
		return id.PrincipalID
	}
	for _, s := range []string{id.UserName, id.ARN, id.InvokedBy, id.PrincipalID, id.AccountID, id.Type} {
		if s != "" {
			return s
		}
	}
	return "nobody"
}

// Read adds the records of a file: one record, a list, an object with a list as
// Records, or one of these on each line; compressed with gzip or not. file is its
// name in errors and answers. Read reports every invalid record as a [*ReadError],
// up to 100 of a file, and adds all others.
func (t *Trail) Read(r io.Reader, file string) error {
	p := &parser{file: file}
	p.emit = func(r raw, at time.Time, line int) { t.add(r, at, file, line) }
	p.read(r)
	return errors.Join(p.errs...)
}

// add adds a record if it is about keys or QuickSight.
func (t *Trail) add(r raw, at time.Time, file string, line int) {
	kms := r.EventSource == kmsSource
	if !kms && r.EventSource != quicksight {
		return
	}
	if r.EventID != "" {
		name := [3]string{r.EventID, r.EventName, r.EventTime}
		if t.seen[name] {
			return
		}
		if t.seen == nil {
			t.seen = make(map[[3]string]bool)
		}
		t.seen[name] = true
	}
	e := &event{kms: kms, Event: Event{Time: at, Name: r.EventName, Who: r.UserIdentity, Error: r.ErrorCode, File: file, Line: line}}
	request, response, additional := tree(r.Request), tree(r.Response), tree(r.Additional)
	if kms {
		e.arns = arnsIn(request, nil)
		e.request = len(e.arns) > 0
		e.Key = keyOf(text(request, "keyId"), text(response, "keyId"), tree(r.Resources))
		for _, id := range []string{text(response, "grantId"), text(additional, "grantId"), text(request, "grantId")} {
			e.grant = cmp.Or(e.grant, id)
		}
	} else {
		asked := tree(r.Details)
		e.arns = arnsIn(tree(r.Resources), arnsIn(response, arnsIn(request, arnsIn(asked, nil))))
		if id := text(request, "dataSetId"); id != "" { // calls name datasets by it
			account := cmp.Or(text(request, "awsAccountId"), r.Account)
			arn := namespace.ARN{Partition: arn.PartitionOf(r.AWSRegion), Region: r.AWSRegion, Account: account, Kind: namespace.KindDataset, Name: id}
			e.arns = arnsIn(arn.String(), e.arns)
		}
		var d Details
		if json.Unmarshal(r.Details, &d) == nil { // ours; of QuickSight's own what has the same names
			if q := d.EventRequestDetails; q != nil {
				e.Version, e.RulesVersion, e.Key, e.Change = q.Version, q.RulesVersion, q.KeyARN, q.Change
			}
			if a := d.EventResponseDetails; a != nil {
				e.Rows = a.Rows
			}
		}
	}
	for i := range e.arns {
		t.share(&e.arns[i])
	}
	if len(e.arns) > 0 {
		e.Resource = e.arns[max(0, slices.IndexFunc(e.arns, func(arn string) bool { return strings.Contains(arn, ":dataset/") }))]
	}
	who := &e.Who
	t.share(&e.Name, &e.Key, &e.Error, &e.RulesVersion, &e.Change, &who.Label, &who.Type, &who.PrincipalID, &who.ARN, &who.AccountID, &who.UserName, &who.InvokedBy)
	if r.RequestID != "" && (r.EventName == ReadDataSet || r.EventName == PrepareDataSet) {
		name := [2]string{r.EventName, r.RequestID}
		if begun := t.begun[name]; begun != nil {
			begun.Rows, begun.Error = e.Rows, e.Error
			return
		}
		if t.begun == nil {
			t.begun = make(map[[2]string]*event)
		}
		t.begun[name] = e
	}
	t.events, t.sorted = append(t.events, e), false
}

// share makes equal texts share memory.
func (t *Trail) share(texts ...*string) {
	if t.texts == nil {
		t.texts = make(map[string]string)
	}
	for _, s := range texts {
		if one, ok := t.texts[*s]; ok {
			*s = one
		} else {
			t.texts[*s] = *s
		}
	}
}

// all returns the events, oldest first. Events of one second are in the order in
// which they were read.
func (t *Trail) all() []*event {
	if !t.sorted {
		slices.SortStableFunc(t.events, func(a, b *event) int { return a.Time.Compare(b.Time) })
		t.sorted = true
	}
	return t.events
}

// Len returns the number of events that concern keys or QuickSight.
func (t *Trail) Len() int { return len(t.events) }

// Resources returns the QuickSight ARNs that events name, sorted.
func (t *Trail) Resources() []string {
	all := make(map[string]bool)
	for _, e := range t.events {
		for _, arn := range e.arns {
			all[arn] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// KeyInUse returns the newest grant event of the dataset with an ARN, or false if
// the trail has none (K2). The event's Key encrypts the dataset. An event without a
// Key means that the last grant was retired, and that no customer-managed key
// encrypts the dataset. Denied requests do not count.
//
// An event belongs to the dataset that its request names. CloudTrail records of
// RetireGrant may have no request: such an event belongs to the dataset if it
// retires the grant of the dataset's newest CreateGrant.
func (t *Trail) KeyInUse(dataset string) (Event, bool) {
	var newest Event
	var found bool
	grant := ""
	for _, e := range t.all() {
		if !e.kms || e.Error != "" {
			continue
		}
		named := e.request && slices.Contains(e.arns, dataset)
		switch e.Name {
		case CreateGrant:
			if named {
				newest, found, grant = e.Event, true, e.grant
			}
		case RetireGrant, "RevokeGrant":
			if named || !e.request && grant != "" && e.grant == grant {
				newest, found, grant = e.Event, true, ""
				newest.Resource, newest.Key = dataset, ""
			}
		}
	}
	return newest, found
}

// Reads returns the requests for rows of a dataset, oldest first, including denied
// ones. [Trail.WhoRead] adds the uses of the dataset's key.
func (t *Trail) Reads(dataset string) []Event { return t.of(dataset, (*event).read) }

// WhoRead returns the reads of a dataset and the uses of its key, oldest first,
// including denied ones. CloudTrail records few reads of QuickSight. There, the uses
// of the key show when rows were read, but not by which viewer.
func (t *Trail) WhoRead(dataset string) []Event {
	return t.of(dataset, func(e *event) bool {
		return e.read() || e.kms && (e.Name == Decrypt || e.Name == GenerateDataKey)
	})
}

// read reports whether an event is a request for rows.
func (e *event) read() bool {
	return !e.kms && (e.Name == ReadDataSet || e.Name == PrepareDataSet || e.Name == "QueryDatabase")
}

// Changes returns the events that changed a dataset's rows, rules or grants, or a key
// that ever had a grant for it, oldest first, including denied ones.
func (t *Trail) Changes(dataset string) []Event {
	keys, grants := make(map[string]bool), make(map[string]bool)
	for _, e := range t.all() {
		if e.kms && e.Name == CreateGrant && e.Error == "" && slices.Contains(e.arns, dataset) {
			keys[e.Key], grants[e.grant] = true, e.grant != ""
		}
	}
	managed := func(e *event) bool {
		if !e.kms || len(e.arns) > 0 || isUse(e.Name) {
			return false
		}
		if strings.HasSuffix(e.Name, "Grant") {
			return grants[e.grant]
		}
		return keys[e.Key]
	}
	var all []Event
	for _, e := range t.all() {
		if managed(e) || slices.Contains(e.arns, dataset) && !isUse(e.Name) {
			all = append(all, e.Event)
		}
	}
	return all
}

// isUse reports whether an event changes nothing.
func isUse(name string) bool {
	switch name {
	case Decrypt, GenerateDataKey, "GenerateDataKeyWithoutPlaintext", "Encrypt", "QueryDatabase":
		return true
	}
	return isRead(name) || strings.HasPrefix(name, "Get") || strings.HasPrefix(name, "Search")
}

// of returns the events of a dataset for which fits returns true.
func (t *Trail) of(dataset string, fits func(*event) bool) (all []Event) {
	for _, e := range t.all() {
		if fits(e) && slices.Contains(e.arns, dataset) {
			all = append(all, e.Event)
		}
	}
	return all
}

// tree decodes JSON into maps, slices and strings. It returns nil for invalid JSON.
func tree(text json.RawMessage) (v any) {
	if json.Unmarshal(text, &v) != nil {
		return nil
	}
	return v
}

// text returns the text that an object has under a name.
func text(v any, name string) string {
	m, _ := v.(map[string]any)
	s, _ := m[name].(string)
	return s
}

// arnsIn appends the QuickSight ARNs among the values of v, each once.
func arnsIn(v any, arns []string) []string {
	switch v := v.(type) {
	case string:
		if a, ok := arn.Split(v); ok && a.Service == "quicksight" && !slices.Contains(arns, v) {
			arns = append(arns, v)
		}
	case []any:
		for _, x := range v {
			arns = arnsIn(x, arns)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			arns = arnsIn(v[name], arns)
		}
	}
	return arns
}

// keyOf returns the ARN of the key of an event. A request may name the key by an
// alias instead.
func keyOf(request, response string, resources any) string {
	list, _ := resources.([]any)
	for _, s := range []string{request, response} {
		if strings.HasPrefix(s, "arn:") {
			return s
		}
	}
	for _, r := range list {
		key := text(r, "ARN")
		if a, ok := arn.Split(key); ok && a.Service == "kms" {
			return key
		}
	}
	if request != "" {
		return request
	}
	return response
}
