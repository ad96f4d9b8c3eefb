package embed

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
)

// post checks that a request is a POST of JSON that no other site made a
// browser send.
func post(r *http.Request) error {
	if r.Method != http.MethodPost {
		return errMethod
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return errMedia
	}
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		return errors.Join(errCrossSite, err)
	}
	return nil
}

// secure sets the headers that every answer has: it is for one viewer, kept by
// no cache, tells no other site where it came from, and is no page, unless the
// page of the dashboard or of an error says otherwise. There are no headers of
// CORS: scripts of other sites read nothing.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// writeJSON answers with a value as JSON.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
