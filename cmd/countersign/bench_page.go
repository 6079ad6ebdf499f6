package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"syscall"
	"time"

	"github.com/prometheus/procfs"
	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// measure starts both servers and loads them in turns.
func (c benchPageCmd) measure(ctx context.Context) (r comparison, err error) {
	dir, err := os.MkdirTemp("", "countersign-bench-*")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	service, err := startServer(ctx, nil, "demo", "--dir", dir, "--public", "127.0.0.1:0", "--desk", "127.0.0.1:0")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, service.stop()) }()
	a, err := ask(ctx, service.url+c.Path, browser)
	if err != nil {
		return r, err
	}
	text, err := json.Marshal(a)
	if err != nil {
		return r, err
	}
	bare, err := startServer(ctx, text, "bench", "bare")
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	for round := range c.Rounds + 1 { // the first warms both up and does not count
		var loads [2]load
		for turn := range loads {
			which := (turn + round) % 2 // whoever goes first changes
			s := []*child{service, bare}[which]
			if loads[which], err = s.load(c, len(a.Body)); err != nil {
				return r, err
			}
			if ctx.Err() != nil {
				return r, ctx.Err()
			}
		}
		if round == 0 {
			continue
		}
		r.Service.add(loads[0])
		r.Bare.add(loads[1])
		cost := func(l load) float64 { return l.processor / float64(l.Requests) }
		r.Ratios = append(r.Ratios, cost(loads[0])/cost(loads[1]))
	}
	sorted := slices.Sorted(slices.Values(r.Ratios))
	r.Ratio = sorted[len(sorted)/2]
	return r, nil
}

// browser is what a browser says that it reads.
const browser = "gzip, deflate, br"

// ask gets the page once, in a coding, to be served by the other server too.
func ask(ctx context.Context, url, codings string) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Accept-Encoding", codings)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %s; choose the path of a page with --path", url, res.Status)
	}
	res.Header.Del("Date")
	return reply{res.Header, body}, err
}

// child is a server in a process of its own.
type child struct {
	cmd *exec.Cmd
	url string
}

var addressLine = regexp.MustCompile(`http://[^\s]+`)

// startServer starts this program with other arguments and waits until it
// prints where it serves.
func startServer(ctx context.Context, input []byte, args ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.CommandContext(ctx, self, args...)}
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(syscall.SIGTERM) }
	c.cmd.WaitDelay = 10 * time.Second
	c.cmd.Stdin, c.cmd.Stderr = bytes.NewReader(input), os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a server to measure: %w", err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if c.url = addressLine.FindString(lines.Text()); c.url != "" {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return c, nil
		}
	}
	return nil, errors.Join(errors.New("the server that was to be measured did not start"), c.stop())
}

func (c *child) stop() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	err := c.cmd.Wait()
	if status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGTERM {
		return nil
	}
	return err
}

// processor is the processor time that the process and its children have
// taken, in seconds.
func (c *child) processor() (float64, error) {
	all, err := procfs.AllProcs()
	if err != nil {
		return 0, fmt.Errorf("the processor time of a process can be read on Linux alone: %w", err)
	}
	total := 0.0
	for _, p := range all {
		s, err := p.Stat()
		if err == nil && (p.PID == c.cmd.Process.Pid || s.PPID == c.cmd.Process.Pid) { // others come and go
			total += s.CPUTime()
		}
	}
	return total, nil
}

// load asks without a pause for one turn; every answer must be the page.
func (c *child) load(b benchPageCmd, size int) (load, error) {
	before, err := c.processor()
	if err != nil {
		return load{}, err
	}
	target := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: c.url + b.Path, Header: http.Header{"Accept-Encoding": {browser}}})
	attacker := vegeta.NewAttacker(vegeta.Workers(uint64(b.Connections)), vegeta.MaxWorkers(uint64(b.Connections)), vegeta.Connections(b.Connections))
	l := load{Bytes: int64(size)}
	began := time.Now()
	for answer := range attacker.Attack(target, vegeta.Rate{}, b.Time, "") {
		if answer.Code != http.StatusOK || answer.BytesIn != uint64(size) {
			attacker.Stop()
			return load{}, fmt.Errorf("a request under load was answered with %d, %d bytes %s; want %d bytes", answer.Code, answer.BytesIn, answer.Error, size)
		}
		l.Requests++
	}
	l.seconds = time.Since(began).Seconds()
	after, err := c.processor()
	l.processor = after - before
	return l, err
}
