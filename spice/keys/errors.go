package keys

import (
	"errors"
	"fmt"
)

// Errors of uses of keys.
var (
	ErrDisabled        = errors.New("the key is disabled")
	ErrPendingDeletion = errors.New("the key is scheduled for deletion")
	ErrNoKey           = errors.New("there is no such key")
	ErrDenied          = errors.New("the use of the key is denied")
	ErrWrongKey        = errors.New("the data key was wrapped under another key")
	ErrContext         = errors.New("the wrapped data key was altered, or is for another encryption context")
	ErrNoGrant         = errors.New("the key has no such grant for this encryption context")
	ErrState           = errors.New("the key is not scheduled for deletion")
)

// Errors of opening a keyring.
var (
	ErrKeyring    = errors.New("the keyring was altered, or belongs to another passphrase or master key")
	ErrProtection = errors.New("the keyring was created with another kind of secret")
	ErrMode       = errors.New("other users have rights on the file: want mode 0600")
	ErrClosed     = errors.New("the keyring is closed")
)

// Errors of registrations and options.
var (
	ErrKeyARN   = errors.New("not the ARN of a KMS key: want arn:aws:kms:REGION:ACCOUNT:key/ID")
	ErrPlace    = errors.New("the key is of another account or Region")
	ErrDefaults = errors.New("an account has one default key in a Region")
	ErrTwice    = errors.New("the key is there twice")
	ErrTTL      = errors.New("a cache keeps keys for 0 to 15 minutes")
)

// An Error is a failed request for a key.
type Error struct {
	Op  string // GenerateDataKey, Decrypt, DisableKey, …: the names of AWS KMS
	Key string // ARN
	Err error
}

// Error is "Decrypt with key arn:…: the key is disabled".
func (e *Error) Error() string { return fmt.Sprintf("%s with key %s: %v", e.Op, e.Key, e.Err) }

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

// code is how AWS KMS names an error, for the audit trail. Errors of other kinds
// are KMSInternalException: their texts are not ours, and are not recorded.
func code(err error) string {
	for _, known := range []struct {
		err  error
		code string
	}{
		{ErrDisabled, "DisabledException"},
		{ErrPendingDeletion, "KMSInvalidStateException"},
		{ErrState, "KMSInvalidStateException"},
		{ErrNoKey, "NotFoundException"},
		{ErrNoGrant, "NotFoundException"},
		{ErrDenied, "AccessDenied"},
		{ErrWrongKey, "IncorrectKeyException"},
		{ErrContext, "InvalidCiphertextException"},
	} {
		if errors.Is(err, known.err) {
			return known.code
		}
	}
	if err != nil {
		return "KMSInternalException"
	}
	return ""
}
