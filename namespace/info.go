package namespace

// A NamespaceStatus says how far the creation of a namespace is.
type NamespaceStatus string

// StatusCreated is the status of a namespace that is ready to use. QuickSight creates
// namespaces in the background and has other statuses before; here a namespace
// is ready when [View.CreateNamespace] returns, and this is the only one.
const StatusCreated NamespaceStatus = "CREATED"

// A NamespaceInfo describes a namespace, as the API object NamespaceInfoV2.
type NamespaceInfo struct {
	Arn            ARN
	Name           string
	CapacityRegion string
	CreationStatus NamespaceStatus
	IdentityStore  string // QUICKSIGHT
}
