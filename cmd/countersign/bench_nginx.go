package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// beside is what bench page --nginx found, in requests per second.
type beside struct {
	Service rates `json:"service"`
	Nginx   rates `json:"nginx"`
	// Ratios of the medians, the service's to nginx's: of requests per second,
	// and of processor time for a request.
	Whole     float64 `json:"ratio"`
	Known     float64 `json:"ratio_304"`
	WholeCost float64 `json:"processor_ratio"`
	KnownCost float64 `json:"processor_ratio_304"`
}

// rates are those of each round.
type rates struct {
	Whole []float64 `json:"requests_per_second"`     // the page is sent
	Known []float64 `json:"requests_per_second_304"` // the reader has it already
	// Processor time of the server for a request, in microseconds: the
	// programs that load it, and others on the machine, are not in it.
	WholeCost []float64 `json:"processor_microseconds_per_request"`
	KnownCost []float64 `json:"processor_microseconds_per_request_304"`
}

func (b beside) print(out io.Writer) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "server\tpages/s\tprocessor time/page\t304/s\tprocessor time/304\tpages/s in each round")
	for _, s := range []struct {
		name  string
		rates rates
	}{{"whole service", b.Service}, {"nginx, gzip_static", b.Nginx}} {
		r := s.rates
		fmt.Fprintf(t, "%s\t%.0f\t%.1f µs\t%.0f\t%.1f µs\t%.0f\n", s.name, median(r.Whole), median(r.WholeCost), median(r.Known), median(r.KnownCost), r.Whole)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "The whole service answers %.2f times the requests per second of nginx, and %.2f times when the reader has the page already\n"+
		"(its 304 has only what RFC 9110 section 15.4.5 asks for, that of nginx all headers); a request takes %.2f and %.2f times the processor time.\n", b.Whole, b.Known, b.WholeCost, b.KnownCost)
	return err
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// beside loads the service and nginx in turns, by wrk.
func (c benchPageCmd) beside(ctx context.Context) (b beside, err error) {
	for _, tool := range []string{"nginx", "wrk"} {
		if _, err := exec.LookPath(tool); err != nil {
			return b, fmt.Errorf("%s is not installed: on Debian, apt-get install nginx wrk: %w", tool, err)
		}
	}
	dir, err := os.MkdirTemp("", "countersign-bench-*")
	if err != nil {
		return b, err
	}
	defer os.RemoveAll(dir)
	service, err := startServer(ctx, nil, "demo", "--dir", filepath.Join(dir, "demo"), "--public", "127.0.0.1:0", "--desk", "127.0.0.1:0")
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, service.stop()) }()
	nginx, err := c.startNginx(ctx, filepath.Join(dir, "nginx"), service.url)
	if err != nil {
		return b, err
	}
	defer func() { err = errors.Join(err, nginx.stop()) }()
	servers := []struct {
		*child
		url, tag string
		rates    *rates
	}{{service, service.url + c.Path, "", &b.Service}, {nginx, nginx.url + "/", "", &b.Nginx}}
	for n := range servers {
		a, err := ask(ctx, servers[n].url, "gzip")
		if err != nil {
			return b, err
		}
		servers[n].tag = a.Header.Get("ETag")
	}
	for round := range c.Rounds + 1 { // the first warms both up and does not count
		for turn := range servers {
			s := servers[(turn+round)%2] // whoever goes first changes
			whole, cost, err := c.wrk(ctx, s.child, s.url)
			if err != nil {
				return b, err
			}
			known, knownCost, err := c.wrk(ctx, s.child, s.url, "If-None-Match: "+s.tag)
			if err != nil {
				return b, err
			}
			if r := s.rates; round > 0 {
				r.Whole, r.WholeCost = append(r.Whole, whole), append(r.WholeCost, cost)
				r.Known, r.KnownCost = append(r.Known, known), append(r.KnownCost, knownCost)
			}
		}
	}
	b.Whole, b.Known = median(b.Service.Whole)/median(b.Nginx.Whole), median(b.Service.Known)/median(b.Nginx.Known)
	b.WholeCost, b.KnownCost = median(b.Service.WholeCost)/median(b.Nginx.WholeCost), median(b.Service.KnownCost)/median(b.Nginx.KnownCost)
	return b, nil
}

// startNginx serves the page's bytes from files, with the headers that the
// service sends, and waits until it answers.
func (c benchPageCmd) startNginx(ctx context.Context, dir, service string) (*child, error) {
	headers := ""
	for coding, file := range map[string]string{"gzip": "index.html.gz", "identity": "index.html"} {
		a, err := ask(ctx, service+c.Path, coding)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(os.MkdirAll(filepath.Join(dir, "html"), 0o700), os.WriteFile(filepath.Join(dir, "html", file), a.Body, 0o600)); err != nil {
			return nil, err
		}
		headers = ""
		for name, values := range a.Header {
			if !slices.Contains([]string{"Content-Type", "Content-Length", "Content-Encoding", "Etag", "Accept-Ranges", "Last-Modified"}, name) {
				headers += fmt.Sprintf("add_header %s %s;\n", name, strconv.Quote(strings.Join(values, ", ")))
			}
		}
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	user := ""
	if os.Getuid() == 0 {
		user = "user root;" // else its workers cannot read the folder
	}
	conf := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, user, dir, address, headers), 0o600); err != nil {
		return nil, err
	}
	n := &child{cmd: exec.CommandContext(ctx, "nginx", "-p", dir, "-e", filepath.Join(dir, "error.log"), "-c", conf), url: "http://" + address}
	n.cmd.Cancel = func() error { return n.cmd.Process.Signal(syscall.SIGTERM) }
	n.cmd.WaitDelay, n.cmd.Stderr = 10*time.Second, os.Stderr
	if err := n.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start nginx: %w", err)
	}
	for range 100 {
		if _, err = ask(ctx, n.url+"/", "gzip"); err == nil {
			return n, nil
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), n.stop())
		case <-time.After(50 * time.Millisecond):
		}
	}
	log, _ := os.ReadFile(filepath.Join(dir, "error.log")) // without it the error of asking has to do
	return nil, errors.Join(fmt.Errorf("nginx does not answer: %w\n%s", err, log), n.stop())
}

// nginxConf is what serves files best: a process for each core, open files
// kept, no log.
const nginxConf = `%[1]s
worker_processes auto;
daemon off;
pid %[2]s/pid;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=100;
  types { text/html html; }
  charset utf-8;
  client_body_temp_path %[2]s/body; proxy_temp_path %[2]s/proxy; fastcgi_temp_path %[2]s/fastcgi; uwsgi_temp_path %[2]s/uwsgi; scgi_temp_path %[2]s/scgi;
  server {
    listen %[3]s;
    root %[2]s/html;
    gzip_static on;
    etag on;
    %[4]s
  }
}
`

var (
	perSecond  = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	requestsIn = regexp.MustCompile(`(\d+) requests in`)
	troubled   = regexp.MustCompile(`(?m)^\s*(Non-2xx or 3xx responses|Socket errors).*$`)
)

// wrk loads an address for one turn and gives the requests per second, and the
// processor time that the server took for one, in microseconds.
func (c benchPageCmd) wrk(ctx context.Context, server *child, url string, headers ...string) (rate, cost float64, err error) {
	seconds := max(1, int(c.Time.Seconds()))
	args := []string{"-t", "1", "-c", strconv.Itoa(c.Connections), "-d", fmt.Sprint(seconds, "s"), "-H", "Accept-Encoding: gzip"}
	for _, h := range headers {
		args = append(args, "-H", h)
	}
	before, err := server.processor()
	if err != nil {
		return 0, 0, err
	}
	out, err := exec.CommandContext(ctx, "wrk", append(args, url)...).CombinedOutput()
	if err != nil {
		return 0, 0, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	after, err := server.processor()
	if err != nil {
		return 0, 0, err
	}
	m, n := perSecond.FindSubmatch(out), requestsIn.FindSubmatch(out)
	if m == nil || n == nil || troubled.Match(out) {
		return 0, 0, fmt.Errorf("wrk met trouble at %s:\n%s", url, out)
	}
	count, countErr := strconv.ParseFloat(string(n[1]), 64)
	rate, err = strconv.ParseFloat(string(m[1]), 64)
	return rate, (after - before) / count * 1e6, errors.Join(err, countErr)
}
