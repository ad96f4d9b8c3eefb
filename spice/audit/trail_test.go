package audit_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/rowsight/rowsight/spice/audit"
)

// A story makes records, a minute apart.
type story struct {
	records []audit.Record
}

func (s *story) add(r audit.Record, edit ...func(*audit.Record)) *story {
	r.EventTime = noon.Add(time.Duration(len(s.records)) * time.Minute)
	r.EventID = fmt.Sprint(len(s.records))
	for _, f := range edit {
		f(&r)
	}
	s.records = append(s.records, r)
	return s
}

func (s *story) key(name, key, dataset, grant string, edit ...func(*audit.Record)) *story {
	u := audit.KeyUse{Name: name, Key: key, GrantID: grant}
	if dataset != "" {
		u.Context = map[string]string{audit.ContextARN: dataset}
	}
	return s.add(u.Record(), edit...)
}

func refused(r *audit.Record) { r.ErrorCode = "DisabledException" }

// asCloudTrail is RetireGrant as KMS writes it: without a request.
func asCloudTrail(r *audit.Record) {
	r.ResponseElements = &audit.Elements{KeyID: r.RequestParameters.KeyID}
	r.RequestParameters = nil
}

func at(minute int) func(*audit.Record) {
	return func(r *audit.Record) { r.EventTime = noon.Add(time.Duration(minute) * time.Minute) }
}

func (s *story) trail(t testing.TB) *audit.Trail {
	t.Helper()
	var b bytes.Buffer
	for _, r := range s.records {
		require.NoError(t, json.NewEncoder(&b).Encode(r))
	}
	trail := new(audit.Trail)
	require.NoError(t, trail.Read(&b, "trail.json"))
	return trail
}

func TestKeyInUse(t *testing.T) {
	tests := []struct {
		reason string
		s      *story
		found  bool
		key    string
	}{
		{"no event", new(story), false, ""},
		{"uses are no grants", new(story).key(audit.GenerateDataKey, keyA, dataset, "").key(audit.Decrypt, keyA, dataset, ""), false, ""},
		{"a grant", new(story).key(audit.CreateGrant, keyA, dataset, "a"), true, keyA},
		{"a grant of another dataset", new(story).key(audit.CreateGrant, keyA, other, "a"), false, ""},
		{"the newest grant counts", new(story).key(audit.CreateGrant, keyA, dataset, "a").key(audit.CreateGrant, keyB, dataset, "b"), true, keyB},
		{"the newest by time, wherever it stands", new(story).key(audit.CreateGrant, keyA, dataset, "a", at(60)).key(audit.CreateGrant, keyB, dataset, "b"), true, keyA},
		{"of one second the one that is read last", new(story).key(audit.CreateGrant, keyA, dataset, "a", at(5)).key(audit.CreateGrant, keyB, dataset, "b", at(5)), true, keyB},
		{"a retired grant", new(story).key(audit.CreateGrant, keyA, dataset, "a").key(audit.RetireGrant, keyA, dataset, "a"), true, ""},
		{"a retired grant alone", new(story).key(audit.RetireGrant, keyA, dataset, "a"), true, ""},
		{"moved to another key", new(story).key(audit.CreateGrant, keyA, dataset, "a").key(audit.RetireGrant, keyA, dataset, "a").key(audit.CreateGrant, keyB, dataset, "b"), true, keyB},
		{"the newest event retires, and names the dataset", new(story).key(audit.CreateGrant, keyA, dataset, "a").key(audit.CreateGrant, keyB, dataset, "b").key(audit.RetireGrant, keyA, dataset, "a"), true, ""},
		{"a refused grant is none", new(story).key(audit.CreateGrant, keyA, dataset, "a").key(audit.CreateGrant, keyB, dataset, "", refused), true, keyA},
		{"a refused retirement is none", new(story).key(audit.CreateGrant, keyA, dataset, "a").key(audit.RetireGrant, keyA, dataset, "a", refused), true, keyA},
		{"retired by its id, as KMS writes it", new(story).key(audit.CreateGrant, keyA, dataset, "a").key(audit.RetireGrant, keyA, "", "a", asCloudTrail), true, ""},
		{"an older grant retired by its id", new(story).key(audit.CreateGrant, keyA, dataset, "a").key(audit.CreateGrant, keyB, dataset, "b").key(audit.RetireGrant, keyA, "", "a", asCloudTrail), true, keyB},
		{"a grant of another dataset retired by its id", new(story).key(audit.CreateGrant, keyA, dataset, "a").key(audit.CreateGrant, keyA, other, "o").key(audit.RetireGrant, keyA, "", "o", asCloudTrail), true, keyA},
		{"a retirement without an id", new(story).key(audit.CreateGrant, keyA, dataset, "").key(audit.RetireGrant, keyA, "", "", asCloudTrail), true, keyA},
		{"a revoked grant", new(story).key(audit.CreateGrant, keyA, dataset, "a").key("RevokeGrant", keyA, "", "", func(r *audit.Record) { r.RequestParameters.GrantID = "a" }), true, ""},
		{"listing grants changes nothing", new(story).key(audit.CreateGrant, keyA, dataset, "a").key("ListGrants", keyB, dataset, ""), true, keyA},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			got, ok := tt.s.trail(t).KeyInUse(dataset)
			require.Equal(t, tt.found, ok)
			require.Equal(t, tt.key, got.Key)
			if ok {
				require.Equal(t, dataset, got.Resource)
				require.NotZero(t, got.Time)
			}
		})
	}
}

func TestWhoReadAndChanges(t *testing.T) {
	rows := int64(4)
	nurse := audit.Identity{Type: "QuickSightUser", UserName: "nurse"}
	s := new(story)
	s.add(audit.Use{Name: audit.CreateDataSet, DataSet: dataset}.Record())
	s.key(audit.GenerateDataKey, keyA, dataset, "")
	s.add(audit.Use{Name: audit.CreateIngestion, DataSet: dataset, Version: 1, Rows: &rows}.Record())
	s.key(audit.CreateGrant, keyA, dataset, "a")
	s.add(audit.Use{Name: audit.UpdateDataSet, DataSet: dataset, Change: "RowLevelPermissionDataSet", RulesVersion: "r1"}.Record())
	s.key(audit.Decrypt, keyA, dataset, "")
	s.add(audit.Use{Name: audit.ReadDataSet, DataSet: dataset, Who: nurse, Version: 1, RulesVersion: "r1", Key: keyA, Rows: &rows}.Record())
	s.add(audit.Use{Name: audit.ReadDataSet, DataSet: other, Who: nurse}.Record())
	s.add(audit.Use{Name: audit.DescribeDataSet, DataSet: dataset, Who: nurse}.Record())
	s.key(audit.DisableKey, keyA, "", "")
	s.key(audit.DisableKey, keyB, "", "")
	s.key(audit.Decrypt, keyA, dataset, "", refused)
	s.add(audit.Use{Name: audit.ReadDataSet, DataSet: dataset, Who: audit.Anonymous("s1"), Code: "DisabledException"}.Record())
	s.key(audit.RetireGrant, keyA, "", "a", asCloudTrail)
	s.key(audit.RetireGrant, keyB, "", "x", asCloudTrail)
	s.add(audit.Use{Name: audit.DeleteDataSet, DataSet: dataset}.Record())
	trail := s.trail(t)
	require.Equal(t, 16, trail.Len())
	require.Equal(t, []string{dataset, other}, trail.Resources())

	var read, changed []string
	for _, e := range trail.WhoRead(dataset) {
		read = append(read, strings.TrimSpace(e.Name+" "+e.Who.String()+" "+e.Error))
	}
	require.Equal(t, []string{
		"GenerateDataKey quicksight.amazonaws.com", "Decrypt quicksight.amazonaws.com", "ReadDataSet nurse",
		"Decrypt quicksight.amazonaws.com DisabledException", "ReadDataSet s1 DisabledException",
	}, read)
	var rowsRead []string
	for _, e := range trail.Reads(dataset) {
		rowsRead = append(rowsRead, strings.TrimSpace(e.Name+" "+e.Who.String()+" "+e.Error))
	}
	require.Equal(t, []string{"ReadDataSet nurse", "ReadDataSet s1 DisabledException"}, rowsRead, "reads alone, no use of the key")
	e := trail.WhoRead(dataset)[2]
	require.Equal(t, audit.Event{
		Time: noon.Add(6 * time.Minute), Name: "ReadDataSet", Who: nurse, Resource: dataset, Key: keyA, Version: 1,
		RulesVersion: "r1", Rows: &rows, File: "trail.json", Line: 7,
	}, e)
	for _, e := range trail.Changes(dataset) {
		changed = append(changed, strings.TrimSpace(e.Name+" "+e.Change))
	}
	require.Equal(t, []string{
		"CreateDataSet", "CreateIngestion", "CreateGrant", "UpdateDataSet RowLevelPermissionDataSet", "DisableKey", "RetireGrant", "DeleteDataSet",
	}, changed)
	require.Empty(t, trail.WhoRead("arn:aws:quicksight:us-east-1:111122223333:dataset/visit"), "an ARN is not matched by its beginning")
	require.Empty(t, trail.WhoRead(""))
}

// TestOneRead: the records with which a read begins and ends are one event, and
// those of two reads are two.
func TestOneRead(t *testing.T) {
	rows := int64(3)
	read := func(request string, rows *int64, code string) audit.Record {
		return audit.Use{Name: audit.ReadDataSet, DataSet: dataset, Request: request, Rows: rows, Code: code}.Record()
	}
	s := new(story).add(read("a", nil, "")).add(read("b", nil, "")).add(read("b", &rows, "")).add(read("a", nil, "DisabledException"))
	s.add(read("", nil, "")).add(read("", &rows, ""))
	s.key(audit.Decrypt, keyA, dataset, "", func(r *audit.Record) { r.RequestID = "a" })
	var got []string
	for _, e := range s.trail(t).WhoRead(dataset) {
		n := "-"
		if e.Rows != nil {
			n = fmt.Sprint(*e.Rows)
		}
		got = append(got, fmt.Sprintf("%d %s %s %s", e.Line, e.Name, n, e.Error))
	}
	require.Equal(t, []string{"1 ReadDataSet - DisabledException", "2 ReadDataSet 3 ", "5 ReadDataSet - ", "6 ReadDataSet 3 ", "7 Decrypt - "}, got)
}

// TestQuickSightCalls reads records of API calls, which name datasets by id.
func TestQuickSightCalls(t *testing.T) {
	trail := new(audit.Trail)
	require.NoError(t, trail.Read(strings.NewReader(`{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"amy"},
		"eventTime":"2026-03-01T12:00:00Z","eventSource":"quicksight.amazonaws.com","eventName":"UpdateDataSet","awsRegion":"us-east-1",
		"requestParameters":{"awsAccountId":"111122223333","dataSetId":"visits","importMode":"SPICE"},"recipientAccountId":"111122223333"}
		{"eventTime":"2026-03-01T12:00:01Z","eventSource":"quicksight.amazonaws.com","eventName":"QueryDatabase",
		"userIdentity":{"type":"Unknown","userName":"bo"},"serviceEventDetails":{"eventRequestDetails":{"datasetId":"`+dataset+`","queryId":"q"}}}`), ""))
	require.NoError(t, trail.Read(strings.NewReader(`{"eventTime":"2026-03-01T12:00:02Z","eventSource":"quicksight.amazonaws.com",
		"eventName":"UpdateDataSetPermissions","awsRegion":"cn-north-1","userIdentity":{"type":"IAMUser","userName":"amy"},"requestParameters":
		{"awsAccountId":"111122223333","dataSetId":"wards","grantPermissions":[{"principal":"arn:aws-cn:quicksight:cn-north-1:111122223333:user/default/bo"}]}}`), ""))
	require.Equal(t, "UpdateDataSetPermissions", trail.Changes("arn:aws-cn:quicksight:cn-north-1:111122223333:dataset/wards")[0].Name)
	require.Equal(t, "arn:aws-cn:quicksight:cn-north-1:111122223333:dataset/wards", trail.Changes("arn:aws-cn:quicksight:cn-north-1:111122223333:dataset/wards")[0].Resource)
	require.Equal(t, "amy", trail.Changes(dataset)[0].Who.String())
	require.Equal(t, "bo", trail.WhoRead(dataset)[0].Who.String())
	require.Equal(t, 4, trail.WhoRead(dataset)[0].Line)
}

// TestShapes writes one story in every shape that logs have.
func TestShapes(t *testing.T) {
	s := new(story).key(audit.CreateGrant, keyA, dataset, "a").key(audit.Decrypt, keyA, dataset, "")
	var lines [][]byte
	for _, r := range s.records {
		b, err := json.Marshal(r)
		require.NoError(t, err)
		lines = append(lines, b)
	}
	list := "[" + string(lines[0]) + "," + string(lines[1]) + "]"
	var pretty, zipped bytes.Buffer
	require.NoError(t, json.Indent(&pretty, []byte(`{"Records":`+list+`}`), "", "  "))
	z := gzip.NewWriter(&zipped)
	_, err := z.Write(pretty.Bytes())
	require.NoError(t, err)
	require.NoError(t, z.Close())
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	log := openLog(t, path, nil)
	for _, r := range s.records {
		require.NoError(t, log.Append(context.Background(), r))
	}
	for shape, text := range map[string]string{
		"a record a line":                string(lines[0]) + "\n" + string(lines[1]) + "\n",
		"without the last line feed":     string(lines[0]) + "\n" + string(lines[1]),
		"with blank lines":               "\n" + string(lines[0]) + "\n\n" + string(lines[1]) + "\n\n",
		"with CRLF":                      string(lines[0]) + "\r\n" + string(lines[1]) + "\r\n",
		"one behind the other":           string(lines[0]) + string(lines[1]),
		"a list":                         list,
		"Records":                        `{"Records":` + list + `}`,
		"Records, indented":              pretty.String(),
		"Records, a file a line":         `{"Records":[` + string(lines[0]) + `]}` + "\n" + `{"Records":[` + string(lines[1]) + `]}`,
		"gzip":                           zipped.String(),
		"gzip, twice":                    zipped.String() + zipped.String(),
		"our log":                        read(t, path),
		"other services are passed over": `{"eventName":"PutObject","eventTime":"2026-03-01T12:00:00Z","eventSource":"s3.amazonaws.com","requestParameters":{"x":[1]}}` + "\n" + list,
	} {
		t.Run(shape, func(t *testing.T) {
			trail := new(audit.Trail)
			require.NoError(t, trail.Read(strings.NewReader(text), "log"))
			require.Equal(t, 2, trail.Len())
			e, ok := trail.KeyInUse(dataset)
			require.True(t, ok)
			require.Equal(t, keyA, e.Key)
			require.Len(t, trail.WhoRead(dataset), 1)
			require.NoError(t, trail.Read(strings.NewReader(text), "again"))
			require.Equal(t, 2, trail.Len(), "a record that is delivered twice is one")
		})
	}
}

// TestReadErrors: every record that cannot be read is reported, with its place,
// and all others are there. Nothing of a file is quoted.
func TestReadErrors(t *testing.T) {
	good := `{"eventTime":"2026-03-01T12:00:00Z","eventName":"Decrypt","eventSource":"kms.amazonaws.com","secret":"s3cret"}`
	bad := strings.Replace(good, "2026-03-01T12:00:00Z", "s3cret", 1)
	tests := []struct {
		reason string
		text   string
		want   []string
		kept   int
	}{
		{"an empty file is no error", "", nil, 0},
		{"no JSON", "s3cret", []string{"log:1:1: not JSON"}, 0},
		{"an unfinished document", `{"eventName":"s3cret`, []string{"log:1:21: not JSON"}, 0},
		{"lines", good + "\n" + `{"eventName" "s3cret"}` + "\n" + bad + "\n" + `{}` + "\n" + good + "\n",
			[]string{"log:2:14: not JSON", "log:3:1: eventTime: not a time as in 2026-11-21T23:03:54Z", "log:4:1: not an audit record: want eventName and eventTime, or Records"}, 2},
		{"a torn last line", good + "\n" + good[:50], []string{"log:2:50: not JSON"}, 1},
		{"a list", "[\n" + good + ",\n  " + bad + ",\n" + good + ",\n3]",
			[]string{"log:3:3: eventTime: not a time", "log:5:1: got number, want object"}, 2},
		{"Records", "{\n \"Records\": [\n" + good + ",\n" + bad + "\n]}", []string{"log:4:1: eventTime"}, 1},
		{"Records that are none", "{\n \"Records\": 3}", []string{"log:2:13: not an audit record"}, 0},
		{"another kind", strings.Replace(good, `"Decrypt"`, `{"s3cret":1}`, 1), []string{"log:1:1: eventName: got object, want string"}, 0},
		{"a text", `"s3cret"`, []string{"log:1:1: got string, want object"}, 0},
		{"no gzip", "\x1f\x8b s3cret", []string{"log:1:1: "}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			trail := new(audit.Trail)
			err := trail.Read(strings.NewReader(tt.text), "log")
			require.Equal(t, tt.kept, trail.Len())
			if tt.want == nil {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			got := strings.Split(err.Error(), "\n")
			require.Len(t, got, len(tt.want), err)
			for i := range got {
				require.True(t, strings.HasPrefix(got[i], tt.want[i]), "got  %s\nwant %s", got[i], tt.want[i])
			}
			require.NotContains(t, err.Error(), "s3cret")
			var where *audit.ReadError
			require.ErrorAs(t, err, &where)
		})
	}
	trail := new(audit.Trail)
	err := trail.Read(strings.NewReader(strings.Repeat("{}\n", 1000)), "log")
	joined, ok := err.(interface{ Unwrap() []error })
	require.True(t, ok)
	require.Len(t, joined.Unwrap(), 100, "it ends")
	require.ErrorIs(t, err, audit.ErrShape)
}

type failingReader struct{ text string }

var errDisk = errors.New("disk on fire")

func (f *failingReader) Read(p []byte) (int, error) {
	if f.text == "" {
		return 0, errDisk
	}
	n := copy(p, f.text)
	f.text = f.text[n:]
	return n, nil
}

func TestFailingReader(t *testing.T) {
	for _, text := range []string{"", "{}\n", "{\n", `{"x":1}` + "\n{"} {
		require.ErrorIs(t, new(audit.Trail).Read(&failingReader{text}, "log"), errDisk, "%q", text)
		require.ErrorIs(t, audit.Verify(&failingReader{""}), errDisk)
	}
}

// TestRealTrails asks records that AWS and others have published.
func TestRealTrails(t *testing.T) {
	dir := realdata.Path(t, "data", "4_cloudtrail")
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := new(audit.Trail)
	events := 0
	for _, path := range files {
		file, err := os.Open(path)
		require.NoError(t, err)
		one := new(audit.Trail)
		require.NoError(t, one.Read(file, filepath.Base(path)))
		require.NoError(t, file.Close())
		require.NotZero(t, one.Len(), path)
		events += one.Len()
		require.NoError(t, all.Read(strings.NewReader(read(t, path)), filepath.Base(path)))
	}
	require.Equal(t, 14, events)

	const visits = "arn:aws:quicksight:us-west-2:111122223333:dataset/12345678-1234-1234-1234-123456789012"
	e, ok := all.KeyInUse(visits)
	require.True(t, ok)
	require.Equal(t, "arn:aws:kms:us-west-2:111122223333:key/87654321-4321-4321-4321-210987654321", e.Key)
	require.Equal(t, time.Date(2022, 10, 26, 0, 11, 8, 0, time.UTC), e.Time)
	require.Equal(t, "quicksight.amazonaws.com", e.Who.String())
	require.Len(t, all.Changes(visits), 1)
	require.Empty(t, all.WhoRead(visits), "the sample holds no use of the key for it")

	const dashboard = "arn:aws:quicksight:us-west-2:111122223333:dashboard/1ca456fe-eb34-4250-805c-b1b9350bd164"
	require.Equal(t, "GenerateDataKey", all.WhoRead(dashboard)[0].Name)
	require.Equal(t, []string{dashboard, visits, "arn:aws:quicksight:us-west-2:111122223333:datasource/example-data-source-id"},
		slices.Sorted(slices.Values(all.Resources())))
}
