// Package keys holds customer-managed keys and the data keys that are wrapped
// under them (K1, K3).
package keys
