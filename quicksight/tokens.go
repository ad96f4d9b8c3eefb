package quicksight

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"iter"
	"slices"

	"github.com/rowsight/rowsight/internal/durable"
)

const secretSize = 32

// newSecret makes the secret of a folder.
func newSecret(path string) ([]byte, error) {
	secret := make([]byte, secretSize)
	_, _ = rand.Read(secret) // never fails
	if err := durable.WriteFile(path, secret); err != nil {
		return nil, err
	}
	return secret, nil
}

// derive returns a key for one purpose.
func derive(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "rowsight quicksight "+purpose, secretSize)
	if err != nil {
		return nil // which opens nothing; the size is fine, so it does not happen
	}
	return key
}

// tokens seal the place where the next page of a list begins. A caller can
// neither read a token nor make one, and one list does not take the token of
// another.
type tokens struct{ box cipher.AEAD }

func newTokens(secret []byte) (*tokens, error) {
	block, err := aes.NewCipher(derive(secret, "tokens"))
	if err != nil {
		return nil, err
	}
	box, err := cipher.NewGCMWithRandomNonce(block)
	return &tokens{box}, err
}

// seal returns the token for a place in a list; "" has no token.
func (t *tokens) seal(scope, place string) string {
	if place == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(t.box.Seal(nil, nil, []byte(place), []byte(scope)))
}

// open returns the place of a token; that of "" is the beginning.
func (t *tokens) open(scope, token string) (string, error) {
	if token == "" {
		return "", nil
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err == nil {
		var place []byte
		if place, err = t.box.Open(nil, nil, sealed, []byte(scope)); err == nil {
			return string(place), nil
		}
	}
	return "", refuse(invalidNextToken, "NextToken: want the token of the previous page")
}

// scope names a list: the operation with everything it was asked but the page.
func (c *call) scope() string {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(c.input, &fields) // it was made by json.Marshal
	delete(fields, "NextToken")
	delete(fields, "MaxResults")
	text, _ := json.Marshal(fields)
	return c.op.Name + "\x00" + c.who.arn + "\x00" + string(text)
}

// A page is the part of a list that a request wants.
type page struct {
	NextToken  string
	MaxResults int
}

const maxPage = 100

func (p page) size() int {
	if p.MaxResults == 0 {
		return maxPage
	}
	return p.MaxResults
}

// An idsFrom returns ids from one on, in order.
type idsFrom func(id string) iter.Seq[string]

// these are the ids of a list in order.
func these(ids []string) idsFrom {
	return func(id string) iter.Seq[string] {
		i, _ := slices.BinarySearch(ids, id)
		return slices.Values(ids[i:])
	}
}

// pageOf returns the part of a list of ids that a request wants, and the token of
// the next part. keep may leave ids out.
func pageOf[T any](c *call, p page, ids idsFrom, item func(id string) (t T, keep bool, err error)) (items []T, next string, err error) {
	after, err := c.s.tokens.open(c.scope(), p.NextToken)
	if err != nil {
		return nil, "", err
	}
	items = []T{}
	last, start := "", ""
	if p.NextToken != "" {
		start = after + "\x00" // the first id behind it
	}
	for id := range ids(start) {
		t, keep, err := item(id)
		if err != nil {
			return nil, "", err
		}
		if !keep {
			continue
		}
		if len(items) == p.size() {
			return items, c.s.tokens.seal(c.scope(), last), nil
		}
		items, last = append(items, t), id
	}
	return items, "", nil
}
