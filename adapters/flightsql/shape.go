package flightsql

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/spice/audit"
)

// record appends the record of a statement: that it begins, with rows nil, that it
// ended, or why it was refused. What cannot be recorded fails.
func (s *Server) record(ctx context.Context, l *login, h handle, d Description, tables map[string]*table, rows *int64, err error) error {
	if s.opts.Audit == nil {
		return nil
	}
	u := audit.Statement{Who: l.identity(context.WithoutCancel(ctx)), Hash: shape(h.sql), Rows: rows}
	if err != nil {
		u.Code, u.Rows = "AccessDeniedException", nil
	}
	for _, name := range d.Tables {
		t := tables[name]
		if t == nil {
			continue
		}
		u.DataSets = append(u.DataSets, t.arn.String())
		columns := d.Used[name]
		if columns == nil {
			for _, f := range t.schema.Fields() {
				columns = append(columns, f.Name)
			}
		}
		for _, c := range columns {
			u.Columns = append(u.Columns, name+"."+c)
		}
	}
	slices.Sort(u.Columns)
	// A record of something that was called off is a record all the same.
	if err := s.opts.Audit.Append(context.WithoutCancel(ctx), u.Record()); err != nil {
		return fmt.Errorf("%w: %w", errAudit, err)
	}
	return nil
}

var errAudit = fmt.Errorf("the audit record could not be written")

// shape returns a hash of a statement without its values: texts and numbers count as
// one placeholder. So it finds equal statements, and nobody can try values.
func shape(sql string) string {
	sum := sha256.Sum256([]byte(bare(sql)))
	return hex.EncodeToString(sum[:])
}

// bare returns a statement with ? in place of each text and number, without comments
// and with single spaces. A text that does not end takes the rest along.
func bare(sql string) string {
	var b strings.Builder
	quoted := func(quote byte) int { // the length of a text that starts here
		for i := 1; i < len(sql); i++ {
			if sql[i] == quote {
				return i + 1 // a doubled quote begins another text: ?? is as good as ?
			}
		}
		return len(sql)
	}
	until := func(end string) int {
		if i := strings.Index(sql[2:], end); i >= 0 {
			return 2 + i + len(end)
		}
		return len(sql)
	}
	word := func(c byte) bool {
		return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
	}
	for sql != "" {
		n, out := 1, sql[:1]
		switch c := sql[0]; {
		case c == '\'':
			n, out = quoted('\''), "?"
		case c == '$' && len(sql) > 1 && (sql[1] == '$' || sql[1] == '_' || word(sql[1]) && (sql[1] < '0' || sql[1] > '9')): // a text in dollars
			n, out = len(sql), "?"
		case c == '"':
			n = quoted('"')
			out = sql[:n]
		case strings.HasPrefix(sql, "--"):
			n, out = until("\n"), " "
		case strings.HasPrefix(sql, "/*"):
			n, out = until("*/"), " "
		case c >= '0' && c <= '9':
			for n = 1; n < len(sql) && (word(sql[n]) || sql[n] == '.'); n++ {
			}
			out = "?"
		case word(c):
			for n = 1; n < len(sql) && word(sql[n]); n++ {
			}
			out = sql[:n]
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			out = " "
		}
		sql = sql[n:]
		if out != " " || !strings.HasSuffix(b.String(), " ") {
			b.WriteString(out)
		}
	}
	return strings.TrimSpace(b.String())
}
