package embed

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rowsight/rowsight/namespace"
)

// Resources are the dashboards and topics, their datasets, and the namespaces
// that they are shared with (E3). They are called at every use, so a change
// applies to open sessions. [Dashboards] is an implementation. Methods are
// called concurrently; an error denies access.
type Resources interface {
	// HasNamespace reports whether a namespace exists.
	HasNamespace(ctx context.Context, name string) (bool, error)
	// Datasets returns the datasets of a dashboard or topic, or ErrNoResource
	// if it does not exist.
	Datasets(ctx context.Context, resource namespace.ARN) ([]namespace.ARN, error)
	// Showing returns the dashboards and topics with a dataset.
	Showing(ctx context.Context, dataset namespace.ARN) ([]namespace.ARN, error)
	// Shared reports whether a dashboard is shared with a whole namespace.
	Shared(ctx context.Context, resource namespace.ARN, ns string) (bool, error)
}

// NamespaceIDs are [Resources] that tell two namespaces of one name apart. The
// code and the session of a namespace that is deleted and created again are then
// refused. Without it, all namespaces have the id 0.
type NamespaceIDs interface {
	// NamespaceID returns the id of a namespace, and whether the namespace exists.
	NamespaceID(ctx context.Context, name string) (id uint64, there bool, err error)
}

// Dashboards implements [Resources] in memory. It is safe for concurrent use.
// The zero Dashboards has no dashboard, and one namespace: default.
type Dashboards struct {
	// Directory, if set, provides the namespaces, and resource permissions that
	// share a dashboard with a namespace in addition to [Dashboards.Add].
	Directory *namespace.Directory

	mu         sync.RWMutex
	shows      map[namespace.ARN][]namespace.ARN // dashboard -> datasets
	showing    map[namespace.ARN][]namespace.ARN // dataset -> dashboards
	shared     map[namespace.ARN][]string
	namespaces map[string]bool
}

var (
	_ Resources    = (*Dashboards)(nil)
	_ NamespaceIDs = (*Dashboards)(nil)
)

// ViewAction is the action that shares a dashboard with a namespace in a
// Directory.
const ViewAction = "quicksight:QueryDashboard"

// Add adds a dashboard or topic with its datasets and the namespaces that it is
// shared with. It replaces an entry of the same ARN.
func (d *Dashboards) Add(dashboard namespace.ARN, datasets []namespace.ARN, shared ...string) error {
	if dashboard.Kind != namespace.KindDashboard && dashboard.Kind != namespace.KindTopic {
		return fmt.Errorf("%w: %q is not the ARN of a dashboard or topic", ErrValue, dashboard)
	}
	for _, set := range datasets {
		if set.Kind != namespace.KindDataset {
			return fmt.Errorf("%w: %q is not the ARN of a dataset", ErrValue, set)
		}
	}
	for _, ns := range shared {
		if err := d.AddNamespace(ns); err != nil {
			return err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.remove(dashboard)
	if d.shows == nil {
		d.shows = make(map[namespace.ARN][]namespace.ARN)
		d.showing = make(map[namespace.ARN][]namespace.ARN)
		d.shared = make(map[namespace.ARN][]string)
	}
	d.shows[dashboard], d.shared[dashboard] = slices.Clone(datasets), slices.Clone(shared)
	for _, set := range datasets {
		d.showing[set] = append(d.showing[set], dashboard)
	}
	return nil
}

// Remove removes a dashboard. Open sessions lose access at once.
func (d *Dashboards) Remove(dashboard namespace.ARN) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.remove(dashboard)
}

func (d *Dashboards) remove(dashboard namespace.ARN) {
	for _, set := range d.shows[dashboard] {
		d.showing[set] = slices.DeleteFunc(slices.Clone(d.showing[set]), func(a namespace.ARN) bool { return a == dashboard })
		if len(d.showing[set]) == 0 {
			delete(d.showing, set)
		}
	}
	delete(d.shows, dashboard)
	delete(d.shared, dashboard)
}

// AddNamespace adds a namespace. It has no effect if Directory is set.
func (d *Dashboards) AddNamespace(name string) error {
	if err := namespace.CheckNamespace(name); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.namespaces == nil {
		d.namespaces = make(map[string]bool)
	}
	d.namespaces[name] = true
	return nil
}

// All returns the dashboards and topics.
func (d *Dashboards) All() []namespace.ARN {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.SortedFunc(maps.Keys(d.shows), compare)
}

// HasNamespace implements [Resources].
func (d *Dashboards) HasNamespace(ctx context.Context, name string) (bool, error) {
	if d.Directory != nil {
		return d.Directory.HasNamespace(ctx, name)
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	return name == namespace.Default || d.namespaces[name], nil
}

// NamespaceID implements [NamespaceIDs]. The namespaces of
// [Dashboards.AddNamespace], which cannot be removed, have the id 0.
func (d *Dashboards) NamespaceID(ctx context.Context, name string) (id uint64, there bool, err error) {
	if d.Directory != nil {
		return d.Directory.NamespaceID(ctx, name)
	}
	there, err = d.HasNamespace(ctx, name)
	return 0, there, err
}

// namespaceID returns the id of a namespace of a site, and whether it exists.
// Resources that embed *Dashboards may have a HasNamespace of their own, so both
// are asked.
func namespaceID(ctx context.Context, r Resources, name string) (id uint64, there bool, err error) {
	if d, ok := r.(*Dashboards); ok { // both are the same question to it
		return d.NamespaceID(ctx, name)
	}
	if there, err := r.HasNamespace(ctx, name); err != nil || !there {
		return 0, false, err
	}
	if ids, ok := r.(NamespaceIDs); ok {
		return ids.NamespaceID(ctx, name)
	}
	return 0, true, nil
}

// Datasets implements [Resources].
func (d *Dashboards) Datasets(_ context.Context, resource namespace.ARN) ([]namespace.ARN, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	sets, ok := d.shows[resource]
	if !ok {
		return nil, ErrNoResource
	}
	return slices.Clone(sets), nil
}

// Showing implements [Resources].
func (d *Dashboards) Showing(_ context.Context, dataset namespace.ARN) ([]namespace.ARN, error) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clone(d.showing[dataset]), nil
}

// Shared implements [Resources].
func (d *Dashboards) Shared(ctx context.Context, resource namespace.ARN, ns string) (bool, error) {
	d.mu.RLock()
	_, known := d.shows[resource]
	shared := slices.Contains(d.shared[resource], ns)
	d.mu.RUnlock()
	if !known || shared || d.Directory == nil {
		return known && shared, nil
	}
	everybody := d.Directory.ARN(namespace.KindNamespace, "", ns)
	return d.Directory.Allows(ctx, everybody, ViewAction, resource)
}

// compare orders ARNs as they are written.
func compare(a, b namespace.ARN) int { return strings.Compare(a.String(), b.String()) }
