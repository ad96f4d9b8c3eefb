// Oktank is the web application of an independent software vendor with a
// dashboard inside: five users log in, none of them has an account in the
// dashboard's service, and each sees the rows that their session tags admit.
//
//	go run ./examples/oktank
//
// It needs no files and no network: the pages and their libraries are in the
// program, and the data is made at start. Open the address it prints, log in,
// and change the user in the menu at the top right.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/rowsight/rowsight/examples/oktank/internal/portal"
)

func main() {
	log.SetFlags(0)
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on; port 0 takes a free one")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *addr, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// run serves the example until ctx ends.
func run(ctx context.Context, addr string, w io.Writer) (err error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	url := "http://" + listener.Addr().String()
	site, err := portal.New(ctx, url, &portal.Options{Log: os.Stderr})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, site.Close()) }()

	server := newServer(site)
	context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil { // somebody still reads
			_ = server.Close()
		}
	})
	// A program that started this one waits for the first line: connections are
	// accepted from here on.
	fmt.Fprintf(w, "listening on %s\nOpen it in a browser. Press Ctrl+C to stop OkTank.\n", url)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
