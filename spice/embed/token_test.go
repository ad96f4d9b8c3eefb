package embed

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestToken(t *testing.T) {
	ring, err := NewRing(NewKey("k1"))
	require.NoError(t, err)
	key, err := ring.newest()
	require.NoError(t, err)
	want := newToken(kindCode, key, time.Unix(1714560000, 0).UTC())
	text := want.text(key)
	require.Regexp(t, `^[A-Za-z0-9_-]+$`, text, "fits into a URL as it is")
	got, _, err := parseToken(text, kindCode, ring)
	require.NoError(t, err)
	require.Equal(t, want, got)

	_, _, err = parseToken(text, kindSession, ring)
	require.ErrorIs(t, err, ErrTampered, "a code is not a session")
	session := want
	session.kind = kindSession
	require.NotEqual(t, text[len(text)-43:], session.text(key)[len(text)-43:], "nor is its HMAC that of the session")

	b, err := tokenText.DecodeString(text)
	require.NoError(t, err)
	for i := range b {
		for bit := range 8 {
			b[i] ^= 1 << bit
			_, _, err := parseToken(tokenText.EncodeToString(b), kindCode, ring)
			require.ErrorIs(t, err, ErrTampered, "byte %d, bit %d", i, bit)
			b[i] ^= 1 << bit
		}
	}
	for reason, text := range map[string]string{
		"empty": "", "cut": text[:len(text)-1], "longer": text + "A", "padded": text + "=", "a line feed": text + "\n",
		"the other alphabet": strings.NewReplacer("-", "+", "_", "/").Replace(text) + "+", "very long": strings.Repeat(text, 10_000),
	} {
		_, _, err := parseToken(text, kindCode, ring)
		require.ErrorIs(t, err, ErrTampered, reason)
	}

	other, err := NewRing(NewKey("k1"))
	require.NoError(t, err)
	_, _, err = parseToken(text, kindCode, other)
	require.ErrorIs(t, err, ErrTampered, "a key of the same name")
}

// TestOneSpelling: base64 has several spellings of some last characters. Only
// one is a token, or a cache could be made to hold two.
func TestOneSpelling(t *testing.T) {
	for n := range 3 { // 131 to 133 characters: every remainder
		ring, err := NewRing(NewKey(strings.Repeat("k", n+1)))
		require.NoError(t, err)
		key, err := ring.newest()
		require.NoError(t, err)
		text := newToken(kindCode, key, time.Unix(1, 0)).text(key)
		good := 0
		for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
			if _, _, err := parseToken(text[:len(text)-1]+string(c), kindCode, ring); err == nil {
				good++
			}
		}
		require.Equal(t, 1, good)
	}
}

func TestSealed(t *testing.T) {
	ring, err := NewRing(NewKey("k1"))
	require.NoError(t, err)
	key, err := ring.newest()
	require.NoError(t, err)
	tok := newToken(kindCode, key, time.Unix(1, 0))
	sealed, err := tok.sealed(key, []byte("a grant"))
	require.NoError(t, err)
	require.NotContains(t, string(sealed), "a grant")
	plain, err := tok.open(key, sealed)
	require.NoError(t, err)
	require.Equal(t, "a grant", string(plain))

	other := newToken(kindCode, key, time.Unix(1, 0))
	_, err = other.open(key, sealed)
	require.ErrorIs(t, err, ErrTampered, "another secret")
	moved := tok
	moved.handle = other.handle
	_, err = moved.open(key, sealed)
	require.ErrorIs(t, err, ErrTampered, "moved to another handle")
	for i := range sealed {
		sealed[i]++
		_, err := tok.open(key, sealed)
		require.ErrorIs(t, err, ErrTampered)
		sealed[i]--
	}
	_, err = tok.open(key, nil)
	require.ErrorIs(t, err, ErrTampered)
}

func TestRing(t *testing.T) {
	k1, k2 := NewKey("k1"), NewKey("k2")
	ring, err := NewRing(k1)
	require.NoError(t, err)
	key, err := ring.newest()
	require.NoError(t, err)
	old := newToken(kindCode, key, time.Unix(1, 0)).text(key)

	require.NoError(t, ring.Rotate(k2))
	require.Equal(t, []string{"k2", "k1"}, ring.IDs())
	newest, err := ring.newest()
	require.NoError(t, err)
	require.Equal(t, "k2", newest.id)
	_, _, err = parseToken(old, kindCode, ring)
	require.NoError(t, err, "the old key still opens")

	require.ErrorIs(t, ring.Retire("k2"), ErrKey, "the newest")
	require.ErrorIs(t, ring.Retire("k3"), ErrNoKey)
	require.NoError(t, ring.Retire("k1"))
	_, _, err = parseToken(old, kindCode, ring)
	require.ErrorIs(t, err, ErrTampered)

	both, err := NewRing(k2, k1)
	require.NoError(t, err)
	require.Equal(t, []string{"k2", "k1"}, both.IDs(), "the newest first")
	_, _, err = parseToken(old, kindCode, both)
	require.NoError(t, err, "another process with the same keys")

	_, err = NewRing()
	require.ErrorIs(t, err, ErrNoKey)
	_, err = NewRing(Key{ID: "a b", Secret: k1.Secret}, Key{ID: "k", Secret: k1.Secret[1:]}, k1, k1)
	require.ErrorContains(t, err, `id "a b"`)
	require.ErrorContains(t, err, `key "k" has 31 bytes, want at least 32`)
	require.ErrorContains(t, err, `key "k1" is in the ring already`)

	secret := fmt.Sprintf("%d", k1.Secret)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		require.NotContains(t, fmt.Sprintf(verb, k1), strings.Trim(secret, "[]"))
		require.Contains(t, fmt.Sprintf(verb, k1), `"k1"`)
	}
	require.Equal(t, `key "k1"`, k1.LogValue().String())
}
