package quicksight

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/embed"
)

// Reset deletes everything in the account but the namespace default, the keys
// and the audit log. It is for tests that share one service.
func (s *Service) Reset(ctx context.Context) error {
	if s == nil || s.model == nil {
		return ErrOptions
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	var errs []error
	fail := func(err error) { errs = append(errs, err) }
	for _, id := range s.records.ids(kindDataSet) {
		s.stop(id, errDeleted)
		fail(s.records.remove(ctx, kindDataSet, id))
	}
	for _, id := range s.records.ids(kindDashboard) {
		s.boards.Remove(s.directory.ARN(namespace.KindDashboard, "", id))
	}
	for _, d := range s.catalog.List() {
		fail(s.catalog.Delete(d.DataSourceId))
	}
	for _, kind := range []string{kindDashboard, kindVersion, kindAnalysis, kindFolder, kindIngestion, kindSchedule, kindProperties, kindTags, kindSettings, kindAddresses} {
		fail(s.records.remove(ctx, kind, s.records.ids(kind)...))
	}
	fail(s.store.UpdateKeyRegistration(ctx))
	fail(s.recover(ctx)) // which removes what has no document
	fail(s.resetDirectory(ctx))
	_, err := s.codes.Sweep(ctx, s.opts.Now().Add(2*embed.MaxLifetime*time.Minute)) // all codes and sessions
	fail(err)
	return errors.Join(errs...)
}

// ResetHandler answers POST /moto-api/reset, the request of test suites for moto,
// with [Service.Reset]. Only a program on this machine may send it: the handler is
// for services without signatures.
func (s *Service) ResetHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := sameMachine(r); err != nil || r.Method != http.MethodPost {
			http.Error(w, "want a POST of a program on this machine", http.StatusForbidden)
			return
		}
		if err := s.Reset(r.Context()); err != nil {
			http.Error(w, "the account could not be reset", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintln(w, `{"status": "ok"}`)
	})
}

// resetDirectory deletes the namespaces, and the users and groups of the
// namespace default.
func (s *Service) resetDirectory(ctx context.Context) error {
	v := s.admin
	return errors.Join(
		every(func(p namespace.Page) ([]namespace.NamespaceInfo, string, error) { return v.ListNamespaces(ctx, p) }, func(n namespace.NamespaceInfo) error {
			if n.Name == namespace.Default {
				return nil
			}
			return v.DeleteNamespace(ctx, n.Name)
		}),
		every(func(p namespace.Page) ([]namespace.User, string, error) {
			return v.ListUsers(ctx, namespace.Default, p)
		}, func(u namespace.User) error {
			return v.DeleteUser(ctx, namespace.Default, u.UserName)
		}),
		every(func(p namespace.Page) ([]namespace.Group, string, error) {
			return v.ListGroups(ctx, namespace.Default, p)
		}, func(g namespace.Group) error {
			return v.DeleteGroup(ctx, namespace.Default, g.GroupName)
		}),
	)
}

// every calls do for every item of a list, and returns all errors. do may delete the item:
// a page begins after the last name of the page before, not after a number of items, so
// that no item is left out.
func every[T any](list func(namespace.Page) ([]T, string, error), do func(T) error) error {
	var errs []error
	for item, err := range namespace.All(list) {
		if err == nil {
			err = do(item)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
