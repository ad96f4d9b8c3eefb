package namespace

// A Kind is the kind of resource that an [ARN] names. [ParseARN] also accepts
// kinds that are not listed here.
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

// InNamespace reports whether resources of this kind belong to a namespace:
// users and groups do. Their ARNs contain it.
func (k Kind) InNamespace() bool { return k == KindUser || k == KindGroup }
