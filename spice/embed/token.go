package embed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"
)

// A token is the code in an embed URL, or the bearer token of the session that
// the code opens. It says nothing about the viewer: tags and resources are with
// Codes, encrypted. As text it is base64url of
//
//	version kind  ends   handle  secret   id of the key   HMAC-SHA256 of all before
//	┌──────┬────┬───────┬───────┬────────┬───────────────┬─────────────────────────┐
//	│  1   │ 1  │   8   │  16   │   32   │    1 to 16    │           32            │
//	└──────┴────┴───────┴───────┴────────┴───────────────┴─────────────────────────┘
//
// handle is public: the anonymous user of the session, and where Codes keep the
// rest. secret is known to the holder alone; without it nobody, not even who
// has the ring and what Codes keep, can decrypt the grant. Who knows the code
// of a URL cannot make the token of its session, which has another kind and so
// another HMAC.
type token struct {
	kind   kind
	ends   time.Time // whole seconds
	handle handle
	secret [32]byte
	key    string
}

type kind byte

const (
	kindCode    kind = 'c'
	kindSession kind = 's'
)

// A handle names one code and its session. It is no secret.
type handle [16]byte

func (h handle) String() string { return hex.EncodeToString(h[:]) }

const (
	tokenVersion = 1
	tokenHead    = 1 + 1 + 8 + 16 + 32
	tokenLeast   = tokenHead + 1 + sha256.Size
	tokenMost    = tokenHead + 16 + sha256.Size
)

// tokenText is strict: every token has one spelling only.
var tokenText = base64.RawURLEncoding.Strict()

// newToken returns a token nobody has seen.
func newToken(k kind, key ringKey, ends time.Time) token {
	t := token{kind: k, ends: ends, key: key.id}
	_, _ = rand.Read(t.handle[:]) // never fails
	_, _ = rand.Read(t.secret[:])
	return t
}

// text signs the token.
func (t token) text(key ringKey) string {
	b := make([]byte, 0, tokenMost)
	b = append(b, tokenVersion, byte(t.kind))
	b = binary.BigEndian.AppendUint64(b, uint64(t.ends.Unix()))
	b = append(b, t.handle[:]...)
	b = append(b, t.secret[:]...)
	b = append(b, t.key...)
	return tokenText.EncodeToString(append(b, sign(key, b)...))
}

// parseToken returns the token that text is, if a key of the ring signed it.
// Whether it has ended is for the caller to see.
func parseToken(text string, want kind, ring *Ring) (token, ringKey, error) {
	// The decoder passes over line ends, strict or not.
	if len(text) > tokenText.EncodedLen(tokenMost) || strings.ContainsAny(text, "\r\n") {
		return token{}, ringKey{}, ErrTampered
	}
	b, err := tokenText.DecodeString(text)
	if err != nil || len(b) < tokenLeast || len(b) > tokenMost {
		return token{}, ringKey{}, ErrTampered
	}
	signed, mac := b[:len(b)-sha256.Size], b[len(b)-sha256.Size:]
	t := token{key: string(signed[tokenHead:])}
	key, ok := ring.key(t.key)
	if !ok || !hmac.Equal(mac, sign(key, signed)) || signed[0] != tokenVersion || kind(signed[1]) != want {
		return token{}, ringKey{}, ErrTampered
	}
	t.kind = want
	t.ends = time.Unix(int64(binary.BigEndian.Uint64(signed[2:])), 0).UTC()
	copy(t.handle[:], signed[10:])
	copy(t.secret[:], signed[26:])
	return t, key, nil
}

func sign(key ringKey, b []byte) []byte {
	mac := hmac.New(sha256.New, key.mac)
	mac.Write(b)
	return mac.Sum(nil)
}

// sealed encrypts what a token stands for. Each token has its own key.
func (t token) sealed(key ringKey, plain []byte) ([]byte, error) {
	gcm, err := t.cipher(key)
	if err != nil {
		return nil, err
	}
	return gcm.Seal(nil, nil, plain, t.handle[:]), nil
}

// open decrypts what sealed encrypted.
func (t token) open(key ringKey, sealed []byte) ([]byte, error) {
	gcm, err := t.cipher(key)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, nil, sealed, t.handle[:])
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}

func (t token) cipher(key ringKey) (cipher.AEAD, error) {
	own, err := hkdf.Key(sha256.New, key.seal, t.secret[:], "rowsight embed v1 grant", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(own)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
