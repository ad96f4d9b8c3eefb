package quicksight

import (
	"context"
	"fmt"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/embed"
)

// access decides who may open a data set, before any rule is asked. A registered
// user needs a permission on the data set, or on a dashboard that shows it.
// Package embed has decided about a session before.
type access struct{ s *Service }

// Allow implements [spice.Access].
func (a access) Allow(ctx context.Context, session spice.Session, action string, set namespace.ARN) error {
	for id := set.Name; id != ""; {
		doc, err := a.s.dataSet(id)
		if err != nil {
			return err
		}
		if doc.Updating {
			return refuse(conflict, "an update of the data set %q is under way or was cut off: nobody reads it before an update succeeds", id)
		}
		id = doc.Plan.Parent
	}
	if session.Principal.IsZero() {
		return nil // an anonymous session; the zero session sees no row anyway
	}
	user := session.Principal.User
	arn := a.s.directory.ARN(namespace.KindUser, user.InNamespace(), user.Name)
	may, err := a.s.directory.Allows(ctx, arn, action, set)
	if may || err != nil {
		return err
	}
	boards, err := a.s.boards.Showing(ctx, set)
	if err != nil {
		return err
	}
	for _, board := range boards {
		if may, err = a.s.directory.Allows(ctx, arn, embed.ViewAction, board); may || err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: no permission on the data set or on a dashboard that shows it", namespace.ErrAccessDenied)
}
