package spark

import "github.com/rowsight/rowsight/integration/internal/jvm"

// Version is the release of Spark that is run.
const Version = "4.0.1"

// ErrMissing is wrapped by the errors that say what this machine lacks.
var ErrMissing = jvm.ErrMissing
