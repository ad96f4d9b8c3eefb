package namespace

// A Kind is what an [ARN] names, as it is written in the ARN. Kinds that are
// not listed here parse too.
type Kind string

// Kinds of resources.
const (
	KindUser          Kind = "user"
	KindGroup         Kind = "group"
	KindAnonymousUser Kind = "anonymousUser"
	KindNamespace     Kind = "namespace"
	KindDashboard     Kind = "dashboard"
	KindAnalysis      Kind = "analysis"
	KindDataset       Kind = "dataset"
	KindDataSource    Kind = "datasource"
	KindTemplate      Kind = "template"
	KindTheme         Kind = "theme"
	KindTopic         Kind = "topic"
	KindFolder        Kind = "folder"
	KindVPCConnection Kind = "vpcConnection"
)

// InNamespace reports whether resources of this kind belong to a namespace, which
// their ARN then says: users and groups do.
func (k Kind) InNamespace() bool { return k == KindUser || k == KindGroup }
