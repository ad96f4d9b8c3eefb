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
	"github.com/rowsight/rowsight/namespace"
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

// seal returns the token for a place in a list.
func (t *tokens) seal(scope, place string) string {
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

// pageOf answers with the part of a list of ids, in order, that a request wants.
// field is the name of the list in the answer. keep may leave ids out.
func pageOf[T any](c *call, p page, field string, ids idsFrom, item func(id string) (t T, keep bool, err error)) (map[string]any, error) {
	after, err := c.s.tokens.open(c.scope(), p.NextToken)
	if err != nil {
		return nil, err
	}
	items, last, start := []T{}, "", ""
	if p.NextToken != "" {
		start = after + "\x00" // the first id behind it
	}
	for id := range ids(start) {
		t, keep, err := item(id)
		if err != nil {
			return nil, err
		}
		if !keep {
			continue
		}
		if len(items) == p.size() {
			return c.answerPage(field, items, last)
		}
		items, last = append(items, t), id
	}
	return c.answerPage(field, items, "")
}

// listed answers with a page of a list of the directory, whose tokens are sealed.
func listed[T any](c *call, p page, field string, list func(namespace.Page) ([]T, string, error)) (map[string]any, error) {
	return listedAs(c, p, field, list, func(t T) T { return t })
}

// listedAs is listed for what the API describes in other words than the directory.
func listedAs[T, U any](c *call, p page, field string, list func(namespace.Page) ([]T, string, error), out func(T) U) (map[string]any, error) {
	place, err := c.s.tokens.open(c.scope(), p.NextToken)
	if err != nil {
		return nil, err
	}
	all, next, err := list(namespace.Page{NextToken: place, MaxResults: p.MaxResults})
	if err != nil {
		return nil, err
	}
	items := make([]U, len(all))
	for i, t := range all {
		items[i] = out(t)
	}
	return c.answerPage(field, items, next)
}

// answerPage answers with a list and the token of its next page, which begins after
// the place next; "" is the end.
func (c *call) answerPage(field string, items any, next string) (map[string]any, error) {
	out := map[string]any{field: items}
	if next != "" {
		out["NextToken"] = c.s.tokens.seal(c.scope(), next)
	}
	return out, nil
}
