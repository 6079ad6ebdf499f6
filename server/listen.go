package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/countersign/countersign/comms"
)

// face is one of the two listeners with what it serves.
type face struct {
	name     string
	listener net.Listener
	server   *http.Server
}

// maxHeader is how many bytes of address and headers are read. Far more than
// anybody needs: an address of 100 KB is to be answered by a page that helps,
// where net/http has one line of English.
const maxHeader = 128 << 10

// newFace bounds everything that a client can make the service wait for.
func newFace(name string, l net.Listener, h http.Handler, log *slog.Logger) face {
	return face{name: name, listener: gathering{l}, server: &http.Server{
		Handler:           gather(h),
		ConnContext:       withGatherer,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}}
}

// serve serves until drain; the error says which listener failed.
func (f face) serve() error {
	err := f.server.Serve(f.listener)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("the %s listener on %s failed: %w", f.name, f.listener.Addr(), err)
}

// drain takes no new requests and lets those under way finish until the
// context ends.
func (f face) drain(ctx context.Context) error {
	if err := f.server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("requests to the %s listener were cut off: %w", f.name, err), f.server.Close())
	}
	return nil
}

// Listen opens a listener for a setting, and says what to do if it cannot.
func Listen(ctx context.Context, field, addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err == nil {
		return l, nil
	}
	fix := "choose another address"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		fix = "another program listens there; stop it or choose another port"
	case errors.Is(err, syscall.EACCES):
		fix = "ports below 1024 need a privilege; choose a higher one, or let a proxy take the low one"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		fix = "this machine does not have that address; choose one that it has"
	case strings.Contains(err.Error(), "invalid port"), strings.Contains(err.Error(), "unknown port"):
		fix = "a port is a number from 0 to 65535"
	}
	r := comms.Refuse(comms.Invalid, field, "cannot listen on %s: %s", addr, fix)
	r.Err = err
	return nil, r
}
