package quicksight

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"

	"github.com/rowsight/rowsight/internal/iam"
	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/quicksight/internal/sigv4"
	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/spice/source"
)

// ErrCredentials says that a file of credentials cannot be used.
var ErrCredentials = errors.New("not usable as credentials")

// Credentials are the access keys that a [Service] accepts, each with the
// identity it belongs to and the policy of that identity. The zero Credentials
// hold no key. They print nothing of the keys.
type Credentials struct{ keys map[string]*caller }

// A caller is the identity behind an access key.
type caller struct {
	key    sigv4.Key
	arn    string
	user   namespace.ARN // that the credentials are for, of an identity-enhanced session
	iam    iam.Policy
	embed  embed.Policy
	source source.Policy
}

// Len returns the number of access keys.
func (c *Credentials) Len() int {
	if c == nil {
		return 0
	}
	return len(c.keys)
}

// String returns the number of access keys.
func (c Credentials) String() string { return fmt.Sprintf("%d access keys", len(c.keys)) }

// Format prints the number of access keys, with every verb.
func (c Credentials) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue is the number of access keys.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }

func (c *Credentials) lookup(id string) (sigv4.Key, bool) {
	if c == nil || c.keys[id] == nil {
		return sigv4.Key{}, false
	}
	return c.keys[id].key, true
}

// ParseOptions configure [ParseCredentials]. A nil *ParseOptions is the default.
type ParseOptions struct {
	File string // in messages
}

var (
	identity  = regexp.MustCompile(`^arn:(aws[-a-z]*):(iam|sts)::([0-9]{12}):(user|role|assumed-role|federated-user|root)(/.+)?$`)
	accessKey = regexp.MustCompile(`^[A-Z0-9]{16,128}$`)
)

// ParseCredentials reads access keys:
//
//	{"Credentials": [{
//		"AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
//		"SecretAccessKey": "…",
//		"Arn": "arn:aws:iam::111122223333:user/al",
//		"Policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "quicksight:*", "Resource": "*"}]}
//	}]}
//
// SessionToken may be added for temporary credentials, and UserArn, the ARN of a
// registered user, for those of an identity-enhanced role session, which
// GenerateEmbedUrlForRegisteredUserWithIdentity needs. Policy is an IAM identity
// policy; without one the key may do nothing. Every problem is reported, in
// order of position, without the secrets.
func ParseCredentials(r io.Reader, opts *ParseOptions) (*Credentials, error) {
	if opts == nil {
		opts = new(ParseOptions)
	}
	doc, err := jsondoc.Read(r, opts.File, nil)
	if err != nil {
		return nil, err
	}
	c := &Credentials{keys: make(map[string]*caller)}
	doc.Object(doc.Root, "", []jsondoc.Field{{Name: "Credentials", Must: true, Decode: func(v *jsondoc.Value, f string) {
		doc.Each(v, f, func(_ int, v *jsondoc.Value, f string) { c.add(doc, v, f) })
		if len(v.Items) == 0 && !doc.Bad(v) {
			doc.Fail(v, f, fmt.Errorf("%w: got none, want at least one", ErrCredentials))
		}
	}}})
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Credentials) add(doc *jsondoc.Document, v *jsondoc.Value, field string) {
	who := new(caller)
	text := func(to *string, ok func(string) bool, want string) func(*jsondoc.Value, string) {
		return func(v *jsondoc.Value, f string) {
			*to = doc.String(v, f)
			if v.Kind == jsondoc.Text && !ok(v.Text) {
				doc.Fail(v, f, fmt.Errorf("%w: want %s", ErrCredentials, want))
			}
		}
	}
	some := func(s string) bool { return s != "" }
	doc.Object(v, field, []jsondoc.Field{
		{Name: "AccessKeyId", Must: true, Decode: text(&who.key.ID, accessKey.MatchString, "16 to 128 upper case letters and digits")},
		{Name: "SecretAccessKey", Must: true, Decode: text(&who.key.Secret, func(s string) bool { return len(s) >= 16 }, "at least 16 characters")},
		{Name: "SessionToken", Decode: text(&who.key.Token, some, "a token")},
		{Name: "Arn", Must: true, Decode: text(&who.arn, identity.MatchString, "the ARN of an IAM user or role")},
		{Name: "UserArn", Decode: func(v *jsondoc.Value, f string) {
			user, err := namespace.ParseARN(doc.String(v, f))
			if v.Kind == jsondoc.Text && (err != nil || user.Kind != namespace.KindUser) {
				doc.Fail(v, f, fmt.Errorf("%w: want the ARN of a registered user", ErrCredentials))
				return
			}
			who.user = user
		}},
		{Name: "Policy", Decode: func(v *jsondoc.Value, f string) {
			if !doc.Want(v, f, jsondoc.Object) {
				return
			}
			if err := who.policy(doc.Raw(v)); err != nil {
				doc.Fail(v, f, err)
			}
		}},
	})
	if c.keys[who.key.ID] != nil {
		doc.Fail(v, field+".AccessKeyId", fmt.Errorf("%w: this key is there twice", ErrCredentials))
	}
	c.keys[who.key.ID] = who
}

// policy reads the policy for each package that asks it.
func (w *caller) policy(text string) (err error) {
	if w.iam, err = iam.Parse(strings.NewReader(text), nil); err != nil {
		return err
	}
	if w.embed, err = embed.ParsePolicy(strings.NewReader(text), nil); err != nil {
		return err
	}
	w.source, err = source.ParsePolicy(strings.NewReader(text), nil)
	return err
}

// account returns the account of the identity.
func (w *caller) account() string {
	if m := identity.FindStringSubmatch(w.arn); m != nil {
		return m[3]
	}
	return ""
}

// everything returns a caller that may do everything in an account.
func everything(partition, account string) (*caller, error) {
	who := &caller{arn: fmt.Sprintf("arn:%s:iam::%s:root", partition, account)}
	return who, who.policy(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)
}
