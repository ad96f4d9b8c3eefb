package main

import (
	"math/rand/v2"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/namespace"
)

const (
	account   = "111122223333"
	region    = "us-east-1"
	secretARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:hospital/reader-Xk2f9Q"
)

// The hospitals and their states.
var hospitals = [][2]string{
	{"Lakeside", "Ohio"}, {"Riverbend", "Ohio"}, {"Mesa View", "Arizona"}, {"Old Harbor", "Maine"},
}

var (
	departments = []string{"Emergency", "Cardiology", "Maternity"}
	reasons     = []string{"fracture", "chest pain", "arrhythmia", "birth", "check-up"}
)

// permissions say who sees which visits. An empty cell means all values.
const permissions = `UserName,GroupName,State,Hospital,Department
ana,,,Lakeside,Emergency
,Ohio-Reporting,Ohio,,
chief,,,,
`

// createSource is what the reporting team sends to make the data source: where
// the database is, and which secret opens it.
const createSource = `{
  "AwsAccountId": "111122223333",
  "DataSourceId": "hospital",
  "Name": "Hospital visits",
  "Type": "POSTGRESQL",
  "DataSourceParameters": {
    "PostgreSqlParameters": {"Host": "db.hospital.example", "Port": 5432, "Database": "hospital"}
  },
  "Credentials": {"SecretArn": "` + secretARN + `"}
}`

// The reporting team may read the secret through the service, and nothing else.
const mayReadSecret = `{"Statement": {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "` + secretARN + `"}}`

// The viewers of the story. What the rules give them stands above.
var viewers = []struct {
	title     string
	principal namespace.Principal
}{
	{"ana, nurse of the emergency department at Lakeside", namespace.Named("ana")},
	{"ben, a member of Ohio-Reporting", namespace.Named("ben", "Ohio-Reporting")},
	{"chief, the medical director", namespace.Named("chief")},
	{"dan, whom no rule names", namespace.Named("dan")},
}

// newVisits returns the visits in the database: the same ones each time. The
// caller releases the record.
func newVisits() arrow.Record {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "Visit", Type: arrow.PrimitiveTypes.Int64},
		{Name: "State", Type: arrow.BinaryTypes.String},
		{Name: "Hospital", Type: arrow.BinaryTypes.String},
		{Name: "Department", Type: arrow.BinaryTypes.String},
		{Name: "Reason", Type: arrow.BinaryTypes.String},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	for n := range 500 {
		h := hospitals[random.IntN(len(hospitals))]
		b.Field(0).(*array.Int64Builder).Append(int64(n + 1))
		for i, text := range []string{h[1], h[0], pick(departments), pick(reasons)} {
			b.Field(i + 1).(*array.StringBuilder).Append(text)
		}
	}
	return b.NewRecord()
}
