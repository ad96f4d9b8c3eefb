package embed

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/namespace"
)

// Redeemed is the answer of [Server.RedeemHandler].
type Redeemed struct {
	SessionToken     string    // for Authorization: Bearer …
	ExpiresAt        time.Time // of the session
	AnonymousUserArn string    `json:",omitempty"`
	UserArn          string    `json:",omitempty"` // of a registered user
	Namespace        string
	Experience       Experience
}

// RedeemHandler handles POST {"Code": "…"} from a page of the same site and
// responds with a [Redeemed]. A code can be redeemed once.
//
// The session is a bearer token that the script keeps in memory. It is not a
// cookie, for three reasons: browsers block cookies of embedded pages; two
// dashboards in one page are two sessions; and another site cannot make the
// browser send a token.
func (s *Server) RedeemHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code, err := s.code(w, r)
		if err != nil {
			s.WriteError(w, r, err)
			return
		}
		token, session, err := s.Redeem(r.Context(), s.namespaceOf(r), code)
		if err != nil {
			s.writeError(w, r, err)
			return
		}
		secure(w.Header())
		answer := Redeemed{SessionToken: token, ExpiresAt: session.Expires().UTC(), Namespace: session.Namespace(), Experience: session.Experience()}
		if user := session.User(); user.Kind == namespace.KindUser {
			answer.UserArn = user.String()
		} else {
			answer.AnonymousUserArn = user.String()
		}
		writeJSON(w, http.StatusOK, answer)
	})
}

const maxCode = 4 << 10 // bytes of the body that has a code

func (s *Server) code(w http.ResponseWriter, r *http.Request) (code string, err error) {
	if err := s.ready(); err != nil {
		return "", err
	}
	if err := post(r); err != nil {
		return "", err
	}
	return parseCode(http.MaxBytesReader(w, r.Body, maxCode+1))
}

// parseCode reads {"Code": "…"}.
func parseCode(r io.Reader) (code string, err error) {
	doc, err := jsondoc.Read(r, "", &jsondoc.Options{Max: maxCode})
	if err != nil {
		return "", fmt.Errorf("%w: %w", errBody, err)
	}
	doc.Object(doc.Root, "", []jsondoc.Field{{Name: "Code", Must: true, Decode: func(v *jsondoc.Value, f string) { code = doc.String(v, f) }}})
	if err := doc.Err(); err != nil {
		return "", fmt.Errorf("%w: %w", errBody, err)
	}
	return code, nil
}
