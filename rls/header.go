package rls

import (
	"fmt"

	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/rls/internal/header"
)

// readHeader reads a header, and refuses what package header finds wrong with it.
func readHeader(names []string, o Options, at func(column int) Position) (h header.Header, problems []*Error) {
	h, found := header.Read(names, header.Options{User: o.User, Group: o.Group, Version: string(o.FormatVersion), AllowNoFields: o.AllowNoFields})
	for _, p := range found {
		problems = append(problems, textpos.InColumn(at(p.Column), p.Name, p.Err))
	}
	if h.Version == header.Version2 && o.Namespace != "" {
		problems = append(problems, textpos.InColumn(at(0), "", fmt.Errorf("%w: Namespace is %q, but rules of %s name ARNs, which hold their namespace",
			ErrOptions, o.Namespace, Version2)))
	}
	return h, problems
}
