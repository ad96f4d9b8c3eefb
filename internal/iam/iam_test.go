package iam

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestZero(t *testing.T) {
	require.False(t, Policy{}.Allows("s3:GetObject", "arn:aws:s3:::b/k"))
	require.False(t, Trust{}.Decide(Request{Action: "sts:AssumeRole", Principal: Principal{"Service", "quicksight.amazonaws.com"}}).Allowed)
	require.False(t, Join().Allows("*", "*"))
	require.Equal(t, "not allowed", Decision{}.String())
	p, err := Parse(strings.NewReader(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`), nil)
	require.NoError(t, err)
	require.True(t, p.Allows("s3:GetObject", "arn:aws:s3:::b/k"))
	require.False(t, p.Allows("", "arn:aws:s3:::b/k"), "no action is no question")
	require.False(t, p.Allows("s3:GetObject", ""), "no resource is no question")
}

// policy writes a policy of statements as they are written below:
// "+ action on resource", "- action on resource", with "if operator key value".
func policy(t *testing.T, lines ...string) Policy {
	t.Helper()
	var statements []string
	for _, line := range lines {
		f := strings.Fields(line)
		effect := map[string]string{"+": "Allow", "-": "Deny"}[f[0]]
		s := fmt.Sprintf(`{"Effect":%q,"Action":%q,"Resource":%q`, effect, f[1], f[3])
		if len(f) > 4 {
			s += fmt.Sprintf(`,"Condition":{%q:{%q:%q}}`, f[5], f[6], f[7])
		}
		statements = append(statements, s+"}")
	}
	p, err := Parse(strings.NewReader(`{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`), nil)
	require.NoError(t, err)
	return p
}

func TestDecide(t *testing.T) {
	const object, get = "arn:aws:s3:::bucket/data/a.csv", "s3:GetObject"
	about := func(key string, values ...string) map[string][]string { return map[string][]string{key: values} }
	tests := []struct {
		reason           string
		policy           []string
		action, resource string
		context          map[string][]string
		want             bool
	}{
		{"the very action and resource", []string{"+ s3:GetObject on arn:aws:s3:::bucket/data/a.csv"}, get, object, nil, true},
		{"no statement", []string{"+ s3:PutObject on *"}, get, object, nil, false},
		{"an action in another case", []string{"+ S3:getobject on *"}, get, object, nil, true},
		{"a resource in another case", []string{"+ s3:GetObject on arn:aws:s3:::Bucket/*"}, get, object, nil, false},
		{"a pattern of actions", []string{"+ s3:Get* on *"}, get, object, nil, true},
		{"a pattern reaches over slashes", []string{"+ s3:* on arn:aws:s3:::bucket/*"}, get, object, nil, true},
		{"one character", []string{"+ s3:GetObject on arn:aws:s3:::bucket/data/?.csv"}, get, object, nil, true},
		{"not two", []string{"+ s3:GetObject on arn:aws:s3:::bucket/dat?.csv"}, get, object, nil, false},
		{"one character may have more bytes", []string{"+ s3:GetObject on arn:aws:s3:::bucket/?"}, get, "arn:aws:s3:::bucket/ü", nil, true},
		{"the bucket is not what is in it", []string{"+ s3:GetObject on arn:aws:s3:::bucket"}, get, object, nil, false},
		{"a bucket whose name only begins so", []string{"+ s3:GetObject on arn:aws:s3:::buck/*"}, get, object, nil, false},
		{"an ARN that ends early is completed", []string{"+ s3:GetObject on arn:aws:s3"}, get, object, nil, true},
		{"of another service", []string{"+ s3:GetObject on arn:aws:s3"}, get, "arn:aws:sqs:us-east-1:1:q", nil, false},
		{"a * inside does not allow past the colon", []string{"+ q:A on arn:aws:q:us-*:1:x"}, "q:A", "arn:aws:q:us-east-1:9:1:x", nil, false},
		{"but denies past it", []string{"+ q:A on *", "- q:A on arn:aws:q:us-*:1:x"}, "q:A", "arn:aws:q:us-east-1:9:1:x", nil, false},
		{"the last part may hold colons", []string{"+ q:A on arn:aws:q:*:1:f*"}, "q:A", "arn:aws:q:r:1:f:g:h", nil, true},
		{"deny wins, before", []string{"- s3:GetObject on *", "+ s3:* on *"}, get, object, nil, false},
		{"deny wins, after", []string{"+ s3:* on *", "- s3:GetObject on arn:aws:s3:::bucket/data/*"}, get, object, nil, false},
		{"deny of something else", []string{"+ s3:* on *", "- s3:GetObject on arn:aws:s3:::bucket/secret/*"}, get, object, nil, true},
		{"a wildcard resource needs a wildcard", []string{"+ s3:ListAllMyBuckets on arn:aws:s3:::*"}, "s3:ListAllMyBuckets", "*", nil, false},

		{"a condition that holds", []string{"+ s3:* on * if StringEquals aws:SourceAccount 111122223333"}, get, object, about("AWS:sourceaccount", "111122223333"), true},
		{"one that does not", []string{"+ s3:* on * if StringEquals aws:SourceAccount 111122223333"}, get, object, about("aws:SourceAccount", "444455556666"), false},
		{"one that nobody knows does not allow", []string{"+ s3:* on * if StringNotEquals aws:SourceAccount 1"}, get, object, nil, false},
		{"but denies", []string{"+ s3:* on *", "- s3:* on * if StringEquals aws:SourceAccount 1"}, get, object, nil, false},
		{"a key known to be absent is not equal", []string{"+ s3:* on * if StringEquals k v"}, get, object, about("k"), false},
		{"and so is unequal", []string{"+ s3:* on * if StringNotEquals k v"}, get, object, about("k"), true},
		{"a deny that does not hold", []string{"+ s3:* on *", "- s3:* on * if StringNotEquals k v"}, get, object, about("k", "v"), true},
		{"a pattern in StringLike", []string{"+ s3:* on * if StringLike k a*c"}, get, object, about("k", "abc"), true},
		{"no pattern in StringEquals", []string{"+ s3:* on * if StringEquals k a*c"}, get, object, about("k", "abc"), false},
		{"without case", []string{"+ s3:* on * if StringEqualsIgnoreCase k AbC"}, get, object, about("k", "abc"), true},
		{"with case", []string{"+ s3:* on * if StringEquals k AbC"}, get, object, about("k", "abc"), false},
		{"ARNs part by part", []string{"+ s3:* on * if ArnLike k arn:aws:quicksight:*:1:*"}, get, object, about("k", "arn:aws:quicksight:r:1:datasource/x"), true},
		{"not over the colon", []string{"+ s3:* on * if ArnEquals k arn:aws:quicksight:*:x"}, get, object, about("k", "arn:aws:quicksight:r:1:x"), false},
		{"Bool", []string{"+ s3:* on * if Bool aws:SecureTransport true"}, get, object, about("aws:SecureTransport", "true"), true},
		{"several values, and no word on them", []string{"+ s3:* on * if StringEquals k a"}, get, object, about("k", "a", "b"), false},
		{"all of them", []string{"+ s3:* on * if ForAllValues:StringLike k a*"}, get, object, about("k", "a", "ab"), true},
		{"not all of them", []string{"+ s3:* on * if ForAllValues:StringEquals k a"}, get, object, about("k", "a", "b"), false},
		{"all of none", []string{"+ s3:* on * if ForAllValues:StringEquals k a"}, get, object, about("k"), true},
		{"all of nobody knows what", []string{"+ s3:* on * if ForAllValues:StringEquals k a"}, get, object, nil, false},
		{"any of them", []string{"+ s3:* on * if ForAnyValue:StringEquals k a"}, get, object, about("k", "b", "a"), true},
		{"any of none", []string{"+ s3:* on * if ForAnyValue:StringEquals k a"}, get, object, about("k"), false},
	}
	seen := map[bool]int{}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			d := policy(t, tt.policy...).Decide(Request{Action: tt.action, Resource: tt.resource, Context: tt.context})
			require.Equal(t, tt.want, d.Allowed, d)
			seen[d.Allowed]++
		})
	}
	require.Greater(t, seen[true], 10)
	require.Greater(t, seen[false], 10)
}

func TestExplain(t *testing.T) {
	p, err := Parse(strings.NewReader(`{"Statement":[
  {"Sid":"Read","Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::b/*"],"Condition":{"StringEquals":{"aws:SourceAccount":"SECRET"}}},
  {"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/x"}]}`), &Options{File: "p.json"})
	require.NoError(t, err)
	at := func(key, account string) string {
		return p.Decide(Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/" + key, Context: map[string][]string{"aws:SourceAccount": {account}}}).String()
	}
	require.Equal(t, "allowed: statement 1 (Read) at p.json:2:3 allows s3:GetObject on arn:aws:s3:::b/y", at("y", "SECRET"))
	require.Equal(t, "not allowed: statement 2 at p.json:3:3 denies s3:GetObject on arn:aws:s3:::b/x", at("x", "SECRET"))
	require.Equal(t, "not allowed: no statement allows s3:GetObject on arn:aws:s3:::b/y; statement 1 (Read) at p.json:2:3 would, but for its condition on aws:sourceaccount", at("y", "1"))
}

func TestJoin(t *testing.T) {
	a, b := policy(t, "+ s3:* on *"), policy(t, "- s3:* on arn:aws:s3:::b/x")
	require.True(t, Join(a, b).Allows("s3:GetObject", "arn:aws:s3:::b/y"))
	require.False(t, Join(a, b).Allows("s3:GetObject", "arn:aws:s3:::b/x"))
	require.False(t, Join(b, b).Allows("s3:GetObject", "arn:aws:s3:::b/y"))
}

func TestTrust(t *testing.T) {
	const quicksight = "quicksight.amazonaws.com"
	tests := []struct {
		reason, statement string
		context           map[string][]string
		want              bool
	}{
		{"the service", `{"Effect":"Allow","Principal":{"Service":"quicksight.amazonaws.com"},"Action":"sts:AssumeRole"}`, nil, true},
		{"one of several", `{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com","quicksight.amazonaws.com"]},"Action":["sts:TagSession","sts:AssumeRole"]}`, nil, true},
		{"another service", `{"Effect":"Allow","Principal":{"Service":"athena.amazonaws.com"},"Action":"sts:AssumeRole"}`, nil, false},
		{"another action", `{"Effect":"Allow","Principal":{"Service":"quicksight.amazonaws.com"},"Action":"sts:TagSession"}`, nil, false},
		{"an account of that name", `{"Effect":"Allow","Principal":{"AWS":"quicksight.amazonaws.com"},"Action":"sts:AssumeRole"}`, nil, false},
		{"everybody is no service", `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`, nil, false},
		{"but everybody denied is", `{"Effect":"Allow","Principal":{"Service":"quicksight.amazonaws.com"},"Action":"sts:AssumeRole"},{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:*"}`, nil, false},
		{"for this account", `{"Effect":"Allow","Principal":{"Service":"quicksight.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":["1","2"]}}}`, map[string][]string{"aws:SourceAccount": {"2"}}, true},
		{"for another", `{"Effect":"Allow","Principal":{"Service":"quicksight.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"1"}}}`, map[string][]string{"aws:SourceAccount": {"2"}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			trust, err := ParseTrust(strings.NewReader(`{"Version":"2012-10-17","Statement":[`+tt.statement+`]}`), nil)
			require.NoError(t, err)
			d := trust.Decide(Request{Action: "sts:AssumeRole", Principal: Principal{"Service", quicksight}, Context: tt.context})
			require.Equal(t, tt.want, d.Allowed, d)
		})
	}
}

// TestParseRefuses marks with ∑ where the problem is.
func TestParseRefuses(t *testing.T) {
	in := func(rest string) string { return `{"Statement":[{"Effect":"Allow","Action":"s3:Get*",` + rest + `}]}` }
	tests := []struct {
		reason, in, want string
		is               error
	}{
		{"nothing in it", `{"Statement":∑[]}`, "Statement: no statement", ErrNoStatement},
		{"no effect", `{"Statement":[∑{"Action":"a:b","Resource":"*"}]}`, "Statement[0].Effect: field missing", nil},
		{"effect in another case", `{"Statement":{"Effect":∑"allow","Action":"a:b","Resource":"*"}}`, `Statement.Effect: not one of the values there are: got "allow", want Allow or Deny`, ErrValue},
		{"no version we know", `{"Version":∑"2024-01-01","Statement":` + `{"Effect":"Allow","Action":"a:b","Resource":"*"}}`, "Version: ", ErrValue},
		{"an action without a service", `{"Statement":{"Effect":"Allow","Action":∑"GetObject","Resource":"*"}}`, `not a pattern of actions: "GetObject", want service:Action or *`, ErrPattern},
		{"an empty list of actions", `{"Statement":{"Effect":"Deny","Action":∑[],"Resource":"*"}}`, "got no entry", ErrValue},
		{"NotAction", in(`"NotAction":∑"a:b","Resource":"*"`), "Statement[0].NotAction: not supported", ErrUnsupported},
		{"NotResource", in(`"NotResource":∑"*","Resource":"*"`), "NotResource: not supported", ErrUnsupported},
		{"a principal in an identity policy", in(`∑"Principal":"*","Resource":"*"`), `unknown field "Principal"`, nil},
		{"a resource that is no ARN", in(`"Resource":∑"bucket/*"`), `not a pattern of resources: "bucket/*", want an ARN or *`, ErrPattern},
		{"any service", in(`"Resource":∑"arn:aws:*:::x"`), "wildcard in the service", ErrPattern},
		{"a variable", in(`"Resource":∑"arn:aws:s3:::b/${aws:username}/*"`), "a variable that has no value here", ErrVariable},
		{"a placeholder without a value", in(`"Resource":∑"arn:aws:quicksight:r:1:namespace/{{tenant}}"`), "the placeholder {{tenant}}", ErrVariable},
		{"a placeholder with a star", in(`"Resource":∑"arn:aws:quicksight:r:1:namespace/{{star}}"`), `{{star}} is "*"`, ErrVariable},
		{"an operator", in(`"Resource":"*","Condition":{"DateLessThan":∑{"aws:CurrentTime":"x"}}`), "Condition.DateLessThan: not supported", ErrUnsupported},
		{"IfExists", in(`"Resource":"*","Condition":{"StringEqualsIfExists":∑{"k":"x"}}`), "not supported", ErrUnsupported},
		{"a quantity", in(`"Resource":"*","Condition":{"ForMostValues:StringEquals":∑{"k":"x"}}`), "not supported", ErrUnsupported},
		{"a condition on nothing", in(`"Resource":"*","Condition":{"StringEquals":{"k":∑[]}}`), "got no entry", ErrValue},
		{"the same key twice", in(`"Resource":"*",∑"Resource":"*"`), "field given twice", nil},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			before, after, found := strings.Cut(tt.in, "∑")
			require.True(t, found)
			p, err := Parse(strings.NewReader(before+after), &Options{File: "p.json", Placeholders: map[string]string{"star": "*"}})
			require.Error(t, err)
			require.Zero(t, p)
			if tt.is != nil {
				require.ErrorIs(t, err, tt.is)
			}
			require.ErrorContains(t, err, fmt.Sprintf("p.json:1:%d: ", len(before)+1))
			require.ErrorContains(t, err, tt.want)
		})
	}
	_, err := ParseTrust(strings.NewReader(`{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:role/*"},"Action":"sts:AssumeRole"}}`), nil)
	require.ErrorIs(t, err, ErrValue, "IAM has no patterns there")
	_, err = ParseTrust(strings.NewReader(`{"Statement":{"Effect":"Allow","Principal":"everybody","Action":"sts:AssumeRole","Resource":"*"}}`), nil)
	require.ErrorContains(t, err, `unknown field "Resource"`)
	require.ErrorContains(t, err, `got "everybody", want *`)
}

// TestEmbedding is a policy as the guides print it, with comments, prefixes
// and a placeholder (E4).
func TestEmbedding(t *testing.T) {
	const text = `{"Version": "2012-10-17", "Statement": [{
  "Effect": "Allow",
  "Action": ["quicksight:GenerateEmbedUrlForAnonymousUser"],
  "Resource": [
    "arn:aws:quicksight:us-east-1:111122223333:namespace/{{tenant-id}}", // one tenant
    /* and what all may see */
    "arn:aws:quicksight:us-east-1:111122223333:dashboard/public-*"
  ]}]}`
	p, err := Parse(strings.NewReader(text), &Options{Comments: true, Placeholders: map[string]string{"tenant-id": "acme"}})
	require.NoError(t, err)
	const action, in = "quicksight:GenerateEmbedUrlForAnonymousUser", "arn:aws:quicksight:us-east-1:111122223333:"
	require.True(t, p.Allows(action, in+"namespace/acme"))
	require.True(t, p.Allows(action, in+"dashboard/public-sales"))
	require.False(t, p.Allows(action, in+"namespace/acme2"))
	require.False(t, p.Allows(action, in+"dashboard/sales"))
	require.False(t, p.Allows("quicksight:GenerateEmbedUrlForRegisteredUser", in+"namespace/acme"))
}

// TestLike compares with regular expressions.
func TestLike(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	text := func(letters []string) string {
		var b strings.Builder
		for range rnd.IntN(9) {
			b.WriteString(letters[rnd.IntN(len(letters))])
		}
		return b.String()
	}
	matched := 0
	for range 50_000 {
		pattern, s := text([]string{"a", "b", "ü", "*", "*", "?"}), text([]string{"a", "b", "ü"})
		quoted := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
		want := regexp.MustCompile("^(?s:" + quoted + ")$").MatchString(s)
		require.Equal(t, want, like(pattern, s), "%q %q", pattern, s)
		if want {
			matched++
		}
	}
	require.Greater(t, matched, 5_000)
	require.False(t, like(strings.Repeat("*a", 50)+"b", strings.Repeat("a", 5_000)), "no exponential time")
}

// FuzzParse holds that a refused policy allows nothing, and that what is
// allowed needs a statement that says Allow.
func FuzzParse(f *testing.F) {
	f.Add(`{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, "s3:GetObject", "arn:aws:s3:::b/k")
	f.Add(`{"Version":"2012-10-17","Statement":[{"Sid":"x","Effect":"Deny","Action":["a:*","b:?"],"Resource":["arn:aws:q:*"],"Condition":{"ForAllValues:ArnNotLike":{"k":["v",1,true]}}}]}`, "a:b", "arn:aws:q:::x")
	f.Add(`{"Statement":[{"Effect":"Allow","Principal":{"Service":["quicksight.amazonaws.com"]},"Action":"sts:AssumeRole"}]}`, "sts:AssumeRole", "*")
	f.Fuzz(func(t *testing.T, text, action, resource string) {
		p, err := Parse(strings.NewReader(text), &Options{Comments: true, Placeholders: map[string]string{"a": "b"}})
		d := p.Decide(Request{Action: action, Resource: resource})
		if d.Allowed {
			require.NoError(t, err)
			require.True(t, slices.ContainsFunc(p.statements, func(s statement) bool { return s.allow }))
		}
		require.NotEmpty(t, d.String())
		trust, err := ParseTrust(strings.NewReader(text), nil)
		if trust.Decide(Request{Action: action, Principal: Principal{"Service", resource}}).Allowed {
			require.NoError(t, err)
			require.NotEmpty(t, trust.statements)
		}
	})
}
