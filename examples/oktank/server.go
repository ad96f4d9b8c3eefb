package main

import (
	"net/http"
	"time"
)

// Limits of the server. The largest request of the example is a form with one
// field, and the largest answer some hundred kilobytes of rows.
const (
	maxHeader   = 16 << 10 // bytes of a request's header
	maxBody     = 64 << 10 // bytes of a request's body
	maxRequests = 256      // at a time, streams of rows among them; more get 503
	maxStreams  = 64       // at a time on one connection of HTTP/2, which needs TLS

	headerTimeout = 5 * time.Second  // from the first byte to the end of the header
	readTimeout   = 10 * time.Second // and to the end of the body
	writeTimeout  = time.Minute      // from the header to the end of the answer
	idleTimeout   = 2 * time.Minute  // between the requests of one connection
)

// newServer returns a server with a limit for everything that a client can make
// long. Without them a client that sends or reads slowly keeps a connection, a
// goroutine and an open read for as long as it likes.
func newServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           limit(h),
		MaxHeaderBytes:    maxHeader,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
	}
}

// limit bounds the body of a request and the number of requests at a time.
func limit(next http.Handler) http.Handler {
	free := make(chan struct{}, maxRequests)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case free <- struct{}{}:
			defer func() { <-free }()
		default:
			h := w.Header()
			h.Set("Cache-Control", "no-store")
			h.Set("Retry-After", "1")
			http.Error(w, "The site is busy. Try again.", http.StatusServiceUnavailable)
			return
		}
		if r.ContentLength > maxBody {
			w.Header().Set("Connection", "close")
			http.Error(w, "The request is too large.", http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}
