package account

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Hidden stands for match-all values of tag rules, which are secrets (T8).
const Hidden = "(hidden)"

// canonical returns members as the text of a file: fields are sorted, times are
// RFC 3339 in UTC, lists without an order of their own are sorted, and what
// changes without a change of the account, or is secret, is left out.
func canonical(members map[string][]byte) ([]byte, error) {
	all := make(map[string]any)
	for name, text := range members {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, fmt.Errorf("%s: not JSON", name) // the error may quote what stands there
		}
		if v, keep := clean(name, v); keep {
			all[name] = v
		}
	}
	return marshal(all)
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return b.Bytes(), err
}

// clean returns the value of a member as a file holds it, and false for one that
// no file holds.
func clean(name string, v any) (any, bool) {
	if v == nil || dropped(name) {
		return nil, false
	}
	if strings.EqualFold(name, "MatchAllValue") && v != "" {
		return Hidden, true // a template may write a number
	}
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if kept, ok := clean(name, member); ok {
				v[name] = kept
			} else {
				delete(v, name)
			}
		}
		return v, true
	case []any:
		for i := range v {
			if one, ok := clean("", v[i]); ok {
				v[i] = one
			}
		}
		sortList(name, v)
		return v, true
	case string:
		if strings.HasSuffix(name, "Time") {
			if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
				return stamp(t), true
			}
		}
	case json.Number:
		if seconds, err := v.Float64(); err == nil && strings.HasSuffix(name, "Time") && seconds > 0 && seconds < 1<<40 {
			whole, part := math.Modf(seconds)
			return stamp(time.Unix(int64(whole), int64(math.Round(part*1000))*1e6)), true
		}
	}
	return v, true
}

func stamp(t time.Time) string { return t.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano) }

// dropped reports whether no file holds a member: it is a secret, or changes
// with each request or each refresh. Documents that people wrote may have another
// case, which [Read] refuses: the secret must not be in the file by then.
func dropped(name string) bool {
	switch strings.ToLower(name) {
	case "requestid", "consumedspicecapacityinbytes",
		"credentials", "credentialpair", "keypaircredentials", "webproxycredentials", "oauthclientcredentials", "password", "privatekey", "privatekeypassphrase", "clientsecret", "accesstoken":
		return true
	}
	return false
}

// sortList sorts lists whose order says nothing.
func sortList(name string, list []any) {
	by := ""
	switch name {
	case "Permissions":
		by = "Principal"
	case "GroupMemberList":
		by = "MemberName"
	case "FolderMemberList":
		by = "MemberId"
	case "KeyRegistration":
		by = "KeyArn"
	case "Actions", "Principals", "DataSetArns", "LinkEntities":
	default:
		return
	}
	text := func(v any) string {
		object, ok := v.(map[string]any)
		if ok {
			v = object[by]
		}
		s, _ := v.(string)
		if ok && by == "MemberId" { // of assets of two kinds
			s = fmt.Sprint(s, "\x00", object["MemberArn"], "\x00", object["MemberType"])
		}
		return s
	}
	slices.SortStableFunc(list, func(a, b any) int { return cmp.Compare(text(a), text(b)) })
}
