package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"text/tabwriter"
	"time"
)

type benchCmds struct {
	Page  benchPageCmd  `cmd:"" help:"Serve the page beside the same bytes from a bare server, and compare what both cost."`
	Large benchLargeCmd `cmd:"" help:"Make ten years of incidents and measure the start, the memory and the way of a publication to the page."`
	Bare  benchBareCmd  `cmd:"" hidden:"" help:"The bare server of bench page: serves what it reads from its input."`
}

type benchPageCmd struct {
	Rounds      int           `default:"5" help:"How often each server is loaded, in turns."`
	Time        time.Duration `default:"4s" help:"How long each turn lasts."`
	Connections int           `default:"16" help:"Connections that ask without a pause."`
	Path        string        `default:"/en/" help:"Path of the page."`
	Nginx       bool          `help:"Compare with nginx, which serves the same bytes with gzip_static, by requests per second; needs nginx and wrk."`
	JSON        bool          `name:"json" help:"Print data instead of a table."`
}

// Help shows an example.
func (benchPageCmd) Help() string {
	return `Starts the whole service of the demonstration and a bare net/http server that
sends the same bytes and headers, each in a process of its own, and loads them in
turns. Processor time is that of the server's process, all of it; the ratio is
what the whole service costs for each request of the bare one. Needs Linux.

With --nginx the other server is nginx, with the same bytes in files and the same
headers, and wrk loads both: once for the page, once for a reader who has it
already and is answered with 304.

Examples:
  countersign bench page --rounds 7
  countersign bench page --nginx --connections 64`
}

// Run measures and prints.
func (c benchPageCmd) Run(ctx context.Context, out io.Writer) error {
	if c.Rounds < 1 || c.Time < 100*time.Millisecond || c.Connections < 1 {
		return &exitError{exitUsage, fmt.Errorf("choose at least 1 round, 100ms and 1 connection")}
	}
	if c.Nginx {
		b, err := c.beside(ctx)
		switch {
		case err != nil:
			return &exitError{exitUsage, err}
		case c.JSON:
			return json.NewEncoder(out).Encode(b)
		}
		return b.print(out)
	}
	r, err := c.measure(ctx)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	if c.JSON {
		return json.NewEncoder(out).Encode(r)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "server\trequests\trequests/s\tprocessor time/request\tbytes/request")
	for _, s := range []struct {
		name string
		load load
	}{{"whole service", r.Service}, {"bare net/http", r.Bare}} {
		fmt.Fprintf(t, "%s\t%d\t%.0f\t%.1f µs\t%d\n", s.name, s.load.Requests, s.load.PerSecond, s.load.Processor, s.load.Bytes)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "The whole service takes %.2f times the processor time of bare net/http (median of %d rounds; %.2f to %.2f).\n",
		r.Ratio, c.Rounds, slices.Min(r.Ratios), slices.Max(r.Ratios))
	return err
}

// comparison is what bench page found.
type comparison struct {
	Service load      `json:"service"`
	Bare    load      `json:"bare"`
	Ratio   float64   `json:"ratio"`  // of processor time for each request, the median round
	Ratios  []float64 `json:"ratios"` // of each round
}

// load is what one server did over all rounds.
type load struct {
	Requests  uint64  `json:"requests"`
	PerSecond float64 `json:"requests_per_second"`
	Processor float64 `json:"processor_microseconds_per_request"`
	Bytes     int64   `json:"bytes_per_request"` // of the body
	seconds   float64
	processor float64 // seconds
}

func (l *load) add(o load) {
	l.Requests, l.seconds, l.processor, l.Bytes = l.Requests+o.Requests, l.seconds+o.seconds, l.processor+o.processor, o.Bytes
	l.PerSecond = float64(l.Requests) / l.seconds
	l.Processor = l.processor / float64(l.Requests) * 1e6
}

type benchBareCmd struct{}

// Help shows an example.
func (benchBareCmd) Help() string {
	return `Example:
  countersign bench bare <answer.json`
}

// freeAddress is one at which nothing listens now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// reply is what the bare server sends to everybody.
type reply struct {
	Header http.Header
	Body   []byte
}

// Run serves until it is told to stop.
func (benchBareCmd) Run(ctx context.Context, in io.Reader, out io.Writer) error {
	var a reply
	if err := json.NewDecoder(in).Decode(&a); err != nil {
		return &exitError{exitUsage, fmt.Errorf("the answer to serve cannot be read from the input: %w", err)}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return &exitError{exitUsage, err}
	}
	s := http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		for name, values := range a.Header {
			h[name] = values
		}
		_, _ = w.Write(a.Body) // the reader may have gone
	})}
	stop := context.AfterFunc(ctx, func() { s.Close() })
	defer stop()
	fmt.Fprintf(out, "http://%s\n", l.Addr())
	if err := s.Serve(l); err != http.ErrServerClosed {
		return &exitError{exitUsage, err}
	}
	return nil
}
