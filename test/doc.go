// Package test holds the tests that belong to no single package: the
// conformance cases, and the rules of the house (imports, exported API,
// documentation, language). It has no code of its own. Its tests run in the
// root folder of the repository.
package test
