package portal

import "github.com/rowsight/rowsight/tagrules"

// The names that the portal and the dashboard's service share.
const (
	Namespace = "oktank"
	Dashboard = "revenue"

	account = "111122223333"
	region  = "us-east-1"
)

// A Person uses OkTank's application. The application knows them; the service
// behind the dashboard does not, and gets their tags.
type Person struct {
	Name string
	Sees string // for the menu
	Tags tagrules.Tags
}

// People returns the five users of the story.
func People() []Person {
	person := func(name, sees, hospital, region string) Person {
		return Person{name, sees, tagrules.Tags{{Key: "customer_hospital", Value: hospital}, {Key: "customer_region", Value: region}}}
	}
	return []Person{
		person("NorthUser", "North Hospital in Central and East", "North Hospital", "Central, East"),
		person("NorthAdmin", "North Hospital in all regions", "North Hospital", "*"),
		person("SouthUser", "South Hospital in South", "South Hospital", "South"),
		person("SouthAdmin", "South Hospital in all regions", "South Hospital", "*"),
		person("PowerUser", "all hospitals in all regions", "*", "*"),
	}
}

// find returns the person of a name; the zero Person has no tags.
func find(name string) (Person, bool) {
	for _, p := range People() {
		if p.Name == name {
			return p, true
		}
	}
	return Person{}, false
}

// tagConfiguration restricts the dataset: without a value for both tags a
// session sees no row.
const tagConfiguration = `{
	"RowLevelPermissionTagConfiguration": {
		"Status": "ENABLED",
		"TagRules": [
			{"TagKey": "customer_region", "ColumnName": "region", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"},
			{"TagKey": "customer_hospital", "ColumnName": "hospital", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"}
		]
	}
}`

// policy is what the IAM role of OkTank's server may do: make embed URLs for
// one namespace and one dashboard (E4). The placeholders are filled in per
// tenant.
const policy = `{
	"Version": "2012-10-17",
	"Statement": [{
		"Sid": "Embedding",
		"Effect": "Allow",
		"Action": ["quicksight:GenerateEmbedUrlForAnonymousUser"],
		"Resource": [
			// a namespace a tenant
			"arn:aws:quicksight:us-east-1:111122223333:namespace/{{tenant-id}}",
			"arn:aws:quicksight:us-east-1:111122223333:dashboard/{{dashboard-id}}"
		]
	}]
}`
