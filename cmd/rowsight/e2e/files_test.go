package e2e

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// shared is where the real permission datasets and tag configurations are, if
// they are there.
var shared = filepath.Join("..", "..", "..", "..", "shared", "data")

// rowsight runs the command and returns what it writes, and whether it succeeds.
func rowsight(t *testing.T, args ...string) (stdout, stderr string, ok bool) {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	return out.String(), said.String(), err == nil
}

// drop drops files on the page, as from a folder, and waits for the answer.
func drop(t *testing.T, ctx context.Context, files map[string]string, order ...string) {
	t.Helper()
	for _, name := range order {
		text, err := json.Marshal(files[name])
		require.NoError(t, err)
		rev := eval[string](t, ctx, `document.documentElement.dataset.rev`)
		eval[bool](t, ctx, `(() => {
			const d = new DataTransfer();
			d.items.add(new File([`+string(text)+`], "`+name+`"));
			document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: d, bubbles: true, cancelable: true }));
			return true;
		})()`)
		until(t, ctx, `document.documentElement.dataset.rev !== "`+rev+`" || document.querySelector(".toast.bad")`)
	}
}

// dataFor makes data for a table of rules: columns with the values that the
// rules name, one that they do not name, and no value.
func dataFor(columns []string, values map[string][]string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write(append([]string{"Row"}, columns...))
	for i := range 24 {
		record := []string{strconv.Itoa(i + 1)}
		for c, column := range columns {
			all := append(slices.Clone(values[column]), "somebody else's", "")
			record = append(record, all[(i*(2*c+1)+i/len(all))%len(all)])
		}
		w.Write(record)
	}
	w.Flush()
	return b.String()
}

// TestPermissions: for every permission dataset and each of its viewers, the rows
// and counts on the page are those of rowsight filter.
func TestPermissions(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared, "2_permissions", "*", "*.csv"))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("the shared permission datasets are not there")
	}
	url, _ := studio(t)
	ctx := browser(t, 1400, 1500)
	open(t, ctx, url)
	dir := t.TempDir()
	compared, refused, seen := 0, 0, 0
	for _, path := range files {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\uFEFF")))).ReadAll()
		if err != nil {
			continue // another delimiter, or no CSV
		}
		principals := regexp.MustCompile(`^(User|Group)(Name|ARN)$`)
		var columns, users, groups []string
		values := map[string][]string{}
		for c, name := range records[0] {
			for _, r := range records[1:] {
				switch cell := r[c]; {
				case cell == "":
				case strings.HasPrefix(name, "User") && principals.MatchString(name):
					users = append(users, cell)
				case principals.MatchString(name):
					groups = append(groups, cell)
				default:
					for _, v := range strings.Split(cell, ",") {
						if v = strings.Trim(v, `"`); v != "" && !slices.Contains(values[name], v) {
							values[name] = append(values[name], v)
						}
					}
				}
			}
			if !principals.MatchString(name) {
				columns = append(columns, name)
			}
		}
		if users == nil && groups == nil {
			continue
		}
		data := filepath.Join(dir, "data.csv")
		require.NoError(t, os.WriteFile(data, []byte(dataFor(columns, values)), 0o600))
		show(t, ctx, "rules")
		drop(t, ctx, map[string]string{"rules.csv": string(text), "data.csv": dataFor(columns, values)}, "rules.csv", "data.csv")
		show(t, ctx, "view")
		users, groups = unique(append(users, "a stranger")), unique(groups)
		for i, viewer := range append(slices.Clone(users), groups...) {
			isGroup := i >= len(users)
			arn := strings.HasPrefix(viewer, "arn:")
			flag := "--user"
			switch {
			case isGroup && arn:
				flag = "--group-arn"
			case isGroup:
				flag = "--group"
			case arn:
				flag = "--user-arn"
			}
			if viewer == "a stranger" && slices.ContainsFunc(append(users, groups...), func(s string) bool { return strings.HasPrefix(s, "arn:") }) {
				continue
			}
			want, said, ok := rowsight(t, "filter", "--rules", path, flag, viewer, "--format", "csv", data)
			got, problem := pageRows(t, ctx, viewer, isGroup, ok)
			if !ok {
				require.NotEmpty(t, problem, "%s %s: filter says %s", path, viewer, said)
				refused++
				break
			}
			require.Empty(t, problem, "%s %s", path, viewer)
			rows, err := csv.NewReader(strings.NewReader(want)).ReadAll()
			require.NoError(t, err)
			require.Equal(t, len(rows)-1, len(got), "%s: rows of %s", path, viewer)
			for k, r := range rows[1:] {
				require.Equal(t, r, got[k], "%s: row %d of %s", path, k, viewer)
			}
			compared++
			seen += len(got)
		}
	}
	t.Logf("%d viewers compared, %d rows seen, %d files refused by both", compared, seen, refused)
	require.Greater(t, compared, 20)
	require.Greater(t, seen, 50)
}

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// pageRows chooses a viewer on the page and returns the visible rows, read from
// the screen, or what the page says instead.
func pageRows(t *testing.T, ctx context.Context, viewer string, group, expected bool) (rows [][]string, problem string) {
	t.Helper()
	name, err := json.Marshal(viewer)
	require.NoError(t, err)
	eval[bool](t, ctx, `(() => { const p = document.querySelector(".viewpage"); delete p.dataset.who; document.querySelector(".answer").replaceChildren(); const i = document.getElementById("viewer"); i.focus(); i.value = `+string(name)+`; i.dispatchEvent(new Event("input", { bubbles: true })); return true; })()`)
	if group { // only the list tells a group from a user; until it is there, the page may have answered for a user of that name
		option := `[...document.querySelectorAll("#viewer-options li")].find((li) => li.firstChild.textContent === ` + string(name) + ` && li.lastChild.textContent.includes("group"))`
		until(t, ctx, option)
		eval[bool](t, ctx, `(delete document.querySelector(".viewpage").dataset.who, document.querySelector(".answer").replaceChildren(), `+option+`.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true })), true)`)
	}
	until(t, ctx, `document.querySelector(".viewpage").dataset.who === `+string(name)+` || document.querySelector(".answer .notice.bad")`)
	if said := eval[string](t, ctx, `document.querySelector(".answer .notice.bad")?.textContent ?? ""`); !expected || said != "" {
		return nil, said
	}
	eval[bool](t, ctx, `(document.querySelectorAll(".viewpage .segments button")[1].click(), true)`)
	// The page may be drawing the rows anew: they are read in the moment in which
	// all of them are there.
	until(t, ctx, `(() => {
		const n = Number(document.querySelector(".viewpage").dataset.visible), list = [...document.querySelectorAll(".datarow.visible")];
		if (!document.querySelector('.viewpage .segments [aria-checked="true"]')?.textContent.startsWith("Seen") || list.length !== n || document.querySelectorAll(".datarow").length !== n || list.some((r) => r.children.length < 3)) return false;
		window.figure = document.getElementById("visible").textContent.replaceAll(",", "");
		window.seen = list.sort((a, b) => a.dataset.at - b.dataset.at).map((r) => [...r.children].slice(2).map((c) => c.textContent));
		return window.figure === String(n);
	})()`)
	rows = eval[[][]string](t, ctx, `window.seen`)
	return rows, ""
}

// TestTags: the same for tag configurations and their sessions.
func TestTags(t *testing.T) {
	configs, err := filepath.Glob(filepath.Join(shared, "3_tagrules", "*", "config.json"))
	require.NoError(t, err)
	if len(configs) == 0 {
		t.Skip("the shared tag configurations are not there")
	}
	url, _ := studio(t)
	ctx := browser(t, 1400, 1500)
	open(t, ctx, url)
	dir := t.TempDir()
	compared := 0
	for _, path := range configs {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		var keys, columns []string
		for _, m := range regexp.MustCompile(`"TagKey"\s*:\s*"([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
			keys = append(keys, m[1])
		}
		for _, m := range regexp.MustCompile(`"ColumnName"\s*:\s*"([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
			columns = append(columns, m[1])
		}
		keys, columns = unique(keys), unique(columns)
		values := map[string][]string{}
		for _, c := range columns {
			values[c] = []string{"Alpha", "Beta"}
		}
		data := filepath.Join(dir, "data.csv")
		require.NoError(t, os.WriteFile(data, []byte(dataFor(columns, values)), 0o600))
		drop(t, ctx, map[string]string{"config.json": string(text), "data.csv": dataFor(columns, values)}, "config.json", "data.csv")
		show(t, ctx, "rules")
		show(t, ctx, "view")
		eval[bool](t, ctx, `([...document.querySelectorAll('.viewtop [role="radio"]')].find((b) => b.textContent === "Session")?.click(), true)`)
		for _, session := range []map[string]string{{}, {keys[0]: "Alpha"}, all(keys, "Alpha"), all(keys, "Beta"), all(keys, "nobody's")} {
			args := []string{"filter", "--tags", path, "--format", "csv"}
			pairs, _ := json.Marshal(session)
			for k, v := range session {
				args = append(args, "--tag", k+"="+v)
			}
			want, said, ok := rowsight(t, append(args, data)...)
			require.True(t, ok, said)
			rows, err := csv.NewReader(strings.NewReader(want)).ReadAll()
			require.NoError(t, err)
			n := strconv.Itoa(len(rows) - 1)
			eval[bool](t, ctx, `(() => { const s = `+string(pairs)+`; delete document.querySelector(".viewpage").dataset.visible; for (const l of document.querySelectorAll(".tags label")) { const i = l.querySelector("input"); i.value = s[l.firstChild.textContent] ?? ""; i.dispatchEvent(new Event("input", { bubbles: true })); } return true; })()`)
			until(t, ctx, `document.querySelector(".viewpage").dataset.visible !== undefined`)
			require.Equal(t, n, eval[string](t, ctx, `document.querySelector(".viewpage").dataset.visible`), "%s %v", path, session)
			compared++
		}
	}
	require.GreaterOrEqual(t, compared, 10)
}

func all(keys []string, value string) map[string]string {
	tags := map[string]string{}
	for _, k := range keys {
		tags[k] = value
	}
	return tags
}
