package studio

import (
	"context"
	"path/filepath"
	"strings"
)

// A file is what the page says about a file.
type file struct {
	Name     string `json:"name"`
	Path     string `json:"path,omitempty"` // where it is saved; "" for one that was dropped
	Rows     int    `json:"rows"`
	Columns  int    `json:"columns,omitempty"`
	Imported bool   `json:"imported,omitempty"`
	Error    string `json:"error,omitempty"`
}

// A state is what the page must know to show itself.
type state struct {
	Rev     int      `json:"rev"`
	Version string   `json:"version"`
	Example bool     `json:"example"`
	Rules   *file    `json:"rules,omitempty"`
	Tags    *file    `json:"tags,omitempty"`
	Data    *file    `json:"data,omitempty"`
	Users   *file    `json:"users,omitempty"`
	Against *file    `json:"against,omitempty"`
	Grid    bool     `json:"grid"` // the rules are a table
	Dirty   bool     `json:"dirty"`
	Undo    int      `json:"undo"`
	Redo    int      `json:"redo"`
	Refused string   `json:"refused,omitempty"` // why the rules do not load
	Repairs []string `json:"repairs,omitempty"`
	Header  []string `json:"header,omitempty"`
	User    string   `json:"user,omitempty"` // the columns of principals
	Group   string   `json:"group,omitempty"`
	ARNs    bool     `json:"arns,omitempty"`
	Columns []string `json:"columns,omitempty"` // of the data
	TagKeys []string `json:"tagKeys,omitempty"`

	Sessions  int  `json:"sessions"`
	TagsDirty bool `json:"tagsDirty"`
	TagsUndo  int  `json:"tagsUndo"`
	TagsRedo  int  `json:"tagsRedo"`
}

func (e *Engine) state(context.Context, struct{}) (*state, error) { return e.newState(), nil }

func (e *Engine) newState() *state {
	s := e.snapshot()
	st := &state{Rev: s.rev, Version: e.host.Version(), Example: s.files.Example, Undo: len(s.undo), Redo: len(s.redo), Repairs: s.repairs}
	if s.now != nil {
		st.Rules = e.file(s.files.Rules)
		st.Rules.Imported = s.imported
		st.Dirty = s.now != s.saved && s.now.text() != s.saved.text()
		if t := s.now.table; t != nil {
			st.Grid, st.Header, st.Rules.Rows = true, t.Header(), t.Len()
		}
		rules, err := s.now.read()
		if err != nil {
			st.Refused = err.Error()
		} else {
			st.User, st.Group = rules.PrincipalColumns()
			st.ARNs = st.User == "UserARN" || st.Group == "GroupARN"
		}
		if st.User == "" && st.Group == "" {
			st.User, st.Group = principals(st.Header, s.now.source)
		}
	}
	st.Sessions = len(s.sessions)
	if s.tags.now != nil {
		st.Tags = e.file(s.files.Tags)
		st.TagsDirty = s.tags.now.Text() != s.tags.saved.Text()
		st.TagsUndo, st.TagsRedo = len(s.tags.undo), len(s.tags.redo)
		if config, err := s.tags.now.Config(); err != nil {
			st.Tags.Error = err.Error()
		} else {
			st.Tags.Rows = len(config.TagRules)
			for _, r := range config.TagRules {
				st.TagKeys = append(st.TagKeys, r.TagKey)
			}
		}
	}
	if s.data != nil {
		st.Data = e.file(s.files.Data)
		st.Data.Rows, st.Data.Columns = s.data.rows, s.data.schema.NumFields()
		for _, f := range s.data.schema.Fields() {
			st.Columns = append(st.Columns, f.Name)
		}
	}
	if s.users != nil {
		st.Users = e.file(s.files.Users)
		st.Users.Rows = s.users.Len()
	}
	if s.against != nil {
		st.Against = e.file(s.files.Against)
	}
	return st
}

func (e *Engine) file(path string) *file {
	f := &file{Name: filepath.Base(filepath.ToSlash(path))}
	if !e.host.Kept(path) {
		f.Path = path
	}
	return f
}

// principals finds the columns of principals of rules that do not load.
func principals(header []string, source *Source) (user, group string) {
	for _, name := range header {
		switch {
		case name == source.Options.User, name == "UserName", name == "UserARN":
			user = name
		case name == source.Options.Group, name == "GroupName", name == "GroupARN":
			group = name
		}
	}
	if user == group && user != "" && strings.HasPrefix(user, "Group") {
		user = ""
	}
	return user, group
}
