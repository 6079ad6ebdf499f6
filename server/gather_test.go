package server

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// tallying accepts connections that count what is written to them: what a
// reader gets at once is the kernel's business.
type tallying struct {
	net.Listener
	writes *atomic.Int64
}

func (l tallying) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &tallied{TCPConn: c.(*net.TCPConn), writes: l.writes}, nil
}

type tallied struct {
	*net.TCPConn
	writes *atomic.Int64
}

func (c *tallied) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.TCPConn.Write(p)
}

// gatheringFace answers each request with as many bytes as its path says, in
// parts of as many as its query says. It returns its address and how often it
// wrote to the network.
func gatheringFace(t *testing.T) (string, *atomic.Int64) {
	t.Helper()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := tallying{Listener: tcp, writes: new(atomic.Int64)}
	f := newFace("test", l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Error(err)
		}
		left, _ := strconv.Atoi(strings.Trim(r.URL.Path, "/"))
		if r.Header.Get("Range") != "" {
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(bytes.Repeat([]byte("a"), left)))
			return
		}
		part, _ := strconv.Atoi(r.URL.RawQuery)
		w.Header().Set("Content-Length", strconv.Itoa(left))
		for ; left > 0; left -= part {
			_, _ = w.Write(bytes.Repeat([]byte("a"), min(left, part)))
		}
	}), slog.New(slog.DiscardHandler))
	done := make(chan error, 1)
	go func() { done <- f.serve() }()
	t.Cleanup(func() {
		f.server.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String(), l.writes
}

// TestAnswersAreGathered asks on one connection for answers of all sizes; none
// is cut, and those of a page's size are written at once.
func TestAnswersAreGathered(t *testing.T) {
	address, writes := gatheringFace(t)
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r := bufio.NewReader(c)
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, 2048, 3000, 4096, 5000, 9000, 31000, gathered - 1, gathered, gathered + 1, 200_000} {
		for _, part := range []int{700, 4096, 1 << 20} {
			before := writes.Load()
			fmt.Fprintf(c, "GET /%d?%d HTTP/1.1\r\nHost: test\r\n\r\n", size, part)
			res, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if err != nil || len(body) != size {
				t.Fatalf("%d bytes in parts of %d: %d bytes came: %v", size, part, len(body), err)
			}
			if n := writes.Load() - before; size <= 31000 && n != 1 {
				t.Errorf("%d bytes in parts of %d were written in %d pieces", size, part, n)
			}
		}
	}
}

// TestPartsFollowTheirHeader asks for parts of an answer, which net/http copies
// to the connection itself.
func TestPartsFollowTheirHeader(t *testing.T) {
	address, _ := gatheringFace(t)
	for _, size := range []int{1, 511, 5000, 9000, gathered + 1} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/200000", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Range", fmt.Sprintf("bytes=10-%d", 9+size))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusPartialContent || len(body) != size {
			t.Errorf("%d bytes: %d with %d bytes: %v", size, res.StatusCode, len(body), err)
		}
	}
}

// TestContinueIsNotKeptBack sends a body only when it is told to.
func TestContinueIsNotKeptBack(t *testing.T) {
	client := http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Hour}, Timeout: 20 * time.Second}
	defer client.CloseIdleConnections()
	address, _ := gatheringFace(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address+"/9000?700", strings.NewReader("said=yes"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Expect", "100-continue")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || len(body) != 9000 {
		t.Errorf("%d bytes: %v", len(body), err)
	}
}
