// Package source will have its doc.
package source
