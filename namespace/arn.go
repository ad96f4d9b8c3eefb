package namespace

// An ARN names one QuickSight resource. It is comparable and safe to share. The
// zero ARN names nothing, and [ARN.Same] is false for it, even for another zero
// ARN.
//
// Namespace is set only for the kinds [KindUser] and [KindGroup]. Name is
// everything after the namespace, or after the kind for other kinds.
type ARN struct {
	Partition string // "aws", "aws-cn", "aws-us-gov", …
	Region    string // may be ""
	Account   string // 12 digits
	Kind      Kind
	Namespace string
	Name      string
}

// IsZero reports whether a is the zero ARN.
func (a ARN) IsZero() bool { return a == ARN{} }

// Same reports whether a and b name one resource: partition, account, kind,
// namespace and name are equal. Regions are not compared (U16, N1).
func (a ARN) Same(b ARN) bool {
	a.Region, b.Region = "", ""
	return a == b && a != ARN{}
}

// String returns the ARN as AWS writes it, in a form [ParseARN] reads back,
// and "" for the zero ARN.
func (a ARN) String() string { return string(a.AppendTo(nil)) }

// AppendTo appends [ARN.String] to b.
func (a ARN) AppendTo(b []byte) []byte {
	if a.IsZero() {
		return b
	}
	b = append(b, "arn:"...)
	b = append(append(b, a.Partition...), ":quicksight:"...)
	b = append(append(b, a.Region...), ':')
	b = append(append(b, a.Account...), ':')
	b = append(append(b, a.Kind...), '/')
	if a.Kind.InNamespace() {
		b = append(append(b, a.Namespace...), '/')
	}
	return append(b, a.Name...)
}

// MarshalText returns [ARN.String], so JSON can contain ARNs.
func (a ARN) MarshalText() ([]byte, error) { return a.AppendTo(nil), nil }

// UnmarshalText parses an ARN as [ParseARN] does. An empty text is the zero
// ARN. On an error a becomes zero.
func (a *ARN) UnmarshalText(text []byte) error {
	*a = ARN{}
	if len(text) == 0 {
		return nil
	}
	parsed, err := ParseARN(string(text))
	*a = parsed
	return err
}
