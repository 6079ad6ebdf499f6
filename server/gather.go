package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
)

// gathering accepts connections that can gather what is written to them.
type gathering struct{ net.Listener }

// Accept waits for the next connection.
func (l gathering) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if conn, ok := c.(connection); ok {
		return &gatherer{connection: conn}, err
	}
	return c, err
}

// connection is what net/http uses of a TCP connection.
type connection interface {
	net.Conn
	io.ReaderFrom
	CloseWrite() error
}

// gatherer keeps what is written while a request is answered, and sends it at
// once. Else net/http writes a page in two parts, the first of 4 KB, and each
// costs a call of the kernel here and wakes the reader up there.
type gatherer struct {
	connection
	on   bool
	kept *[]byte // of gatherers; nil while there is nothing
}

// gathered is the most that is kept, in bytes. What is larger goes out as it
// comes, after what was kept.
const gathered = 32 << 10

var gatherers = sync.Pool{New: func() any {
	b := make([]byte, 0, gathered)
	return &b
}}

// Write keeps or sends what net/http writes.
func (g *gatherer) Write(p []byte) (int, error) {
	if g.on && g.kept == nil {
		g.kept = gatherers.Get().(*[]byte)
	}
	if g.on && len(*g.kept)+len(p) <= gathered {
		*g.kept = append(*g.kept, p...)
		return len(p), nil
	}
	if err := g.send(); err != nil {
		return 0, err
	}
	return g.connection.Write(p)
}

// ReadFrom is how net/http sends what it need not look at (part of a page, a
// file), past Write: what was kept goes out before it.
func (g *gatherer) ReadFrom(r io.Reader) (int64, error) {
	if err := g.send(); err != nil {
		return 0, err
	}
	return g.connection.ReadFrom(r)
}

// send sends what was kept, and keeps nothing from now on.
func (g *gatherer) send() error {
	g.on = false
	if g.kept == nil {
		return nil
	}
	var err error
	if len(*g.kept) > 0 {
		_, err = g.connection.Write(*g.kept)
	}
	*g.kept = (*g.kept)[:0]
	gatherers.Put(g.kept)
	g.kept = nil
	return err
}

type gathererKey struct{}

// withGatherer is a http.Server's ConnContext.
func withGatherer(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, gathererKey{}, c)
}

// gather has each answer sent in one piece, if its length is set; others may
// take two. A request with a body is left out: its sender may wait for "100
// Continue" before the answer.
func gather(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g, ok := r.Context().Value(gathererKey{}).(*gatherer)
		if !ok || r.Body != http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		g.on = true
		defer func() {
			// Without a length, and before anything came out of it, net/http
			// still means to find the length of a short answer by itself.
			if g.kept != nil || w.Header().Get("Content-Length") != "" {
				_ = http.NewResponseController(w).Flush() // the end of it; the reader may have gone
			}
			_ = g.send()
		}()
		next.ServeHTTP(w, r)
	})
}
