// Package docs holds the code of the pages in the folder docs, as tests. A test
// of the root package compares them with the pages.
package docs
