// Package sigv4 verifies requests that are signed with AWS Signature Version 4,
// in a header or in the query of a presigned URL, and signs requests for tests.
//
//	who, err := sigv4.Verify(r, body, sigv4.Scope{Region: "us-east-1", Service: "quicksight", Now: now}, lookup)
//
// A signature binds the method, the path, the query, the signed headers, the
// host and the body. Verify wants every X-Amz header among the signed ones. It
// refuses a date more than [MaxSkew] away from the clock, so a copy of a signed
// request is accepted for that long and no longer, as by AWS. A presigned URL is
// valid until it expires.
//
// An error names what is wrong. It holds no signature, no key and no part of the
// string that was signed. The zero Scope accepts nothing.
package sigv4
