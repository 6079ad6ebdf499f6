package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/procfs"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/server"
)

// ahead is how long after everything was prepared the first update goes out by
// itself, and apart how long after it the next.
const (
	ahead    = 25 * time.Second
	apart    = 4 * time.Second
	measures = 3
)

// quiet is how long the service is left alone before its memory is looked at.
const quiet = 20 * time.Second

// measure starts the service on the ten years and looks at it from outside.
func (d decade) measure(ctx context.Context) (m measured, err error) {
	waiting, err := d.schedule(ctx)
	if err != nil {
		return m, err
	}
	began := time.Now()
	service, err := d.serve(ctx)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, service.stop()) }()
	if err := service.answers(ctx); err != nil {
		return m, err
	}
	m.Ready = time.Since(began)
	if m.Start, err = service.processor(); err != nil {
		return m, err
	}
	now := time.Now().UTC()
	for _, path := range []string{
		"/en/", "/es/", "/en/history", "/en/history/" + now.AddDate(0, -1, 0).Format("2006-01"), "/en/history/" + now.AddDate(-5, 0, 0).Format("2006-01"),
		"/en/feed.atom", "/en/api/v2/summary.json", "/en/api/v2/incidents.json", "/en/history.json?page=20", "/en/history.atom",
	} {
		asked := time.Now()
		a, err := ask(ctx, service.url+path, browser)
		if err != nil {
			return m, err
		}
		m.Sizes = append(m.Sizes, size{path, len(a.Body), time.Since(asked)})
	}
	for _, id := range waiting {
		v, err := d.seen(ctx, service, id)
		if err != nil {
			return m, err
		}
		m.Visible = append(m.Visible, v)
	}
	p, err := procfs.NewProc(service.cmd.Process.Pid)
	if err != nil {
		return m, err
	}
	status, err := p.NewStatus()
	if err != nil {
		return m, err
	}
	m.Busy, m.Peak = status.VmRSS, status.VmHWM
	time.Sleep(quiet)
	for range 20 {
		if status, err = p.NewStatus(); err != nil {
			return m, err
		}
		m.Resident = max(m.Resident, status.VmRSS)
		time.Sleep(500 * time.Millisecond)
	}
	m.Publications, err = d.head(ctx)
	return m, err
}

// schedule prepares updates that go out by themselves while the service runs,
// and names their incidents.
func (d decade) schedule(ctx context.Context) (ids []comms.ID, err error) {
	story := &clock{at: time.Now()}
	in, err := server.Open(ctx, stored(d.folder), server.Options{Now: story.now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	p, _, err := in.Desk.Plan(ctx)
	if err != nil {
		return nil, err
	}
	people, err := cast(p)
	if err != nil {
		return nil, err
	}
	t := teller{desk: in.Desk, clock: story, author: desk.Actor{Person: people[0]}}
	for n := range measures {
		inc, u, err := t.desk.Open(ctx, t.author, desk.Opening{
			Kind: comms.KindIncident, Name: fmt.Sprintf("Trouble of now, %d", n+1), Severity: "minor",
			Claims: []comms.Claim{{Component: p.Catalogue.Components()[n].ID, State: comms.Major}}, StartedAt: draft.FormatTime(story.at.Add(-time.Minute)),
		})
		if err != nil {
			return nil, err
		}
		s := troubles[0].about(p.Catalogue.Components()[n], int(time.Now().Unix())+n)
		if err := t.publishAt(ctx, u.ID, s, story.at.Add(-time.Minute), time.Now().Add(ahead+time.Duration(n)*apart)); err != nil {
			return nil, err
		}
		ids = append(ids, inc.ID)
	}
	return ids, settled(ctx, in)
}

// serve starts this program's own serve on the folder.
func (d decade) serve(ctx context.Context) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	var addresses [2]string
	for i := range addresses {
		if addresses[i], err = freeAddress(); err != nil {
			return nil, err
		}
	}
	c := &child{url: "http://" + addresses[0]}
	c.cmd = exec.CommandContext(ctx, self, "serve", "--dir", string(d.folder), "--public", addresses[0], "--desk", addresses[1], "--log-level", "error")
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(syscall.SIGTERM) }
	c.cmd.WaitDelay = 10 * time.Second
	c.cmd.Stderr = os.Stderr
	return c, c.cmd.Start()
}

// answers waits for the first page.
func (c *child) answers(ctx context.Context) error {
	for ctx.Err() == nil {
		if _, err := ask(ctx, c.url+"/", browser); err == nil {
			return nil
		}
		if err := c.cmd.Process.Signal(syscall.Signal(0)); err != nil {
			return fmt.Errorf("the service ended before it answered: %w", err)
		}
		time.Sleep(2 * time.Millisecond)
	}
	return ctx.Err()
}

// seen waits until the front page tells of an incident, and tells how long after
// the commit of its publication that was. It asks as an open page does: with the
// tag of what it has, so that asking takes little from the service.
func (d decade) seen(ctx context.Context, c *child, id comms.ID) (time.Duration, error) {
	st, _, err := server.Inspect(ctx, stored(d.folder))
	if err != nil {
		return 0, err
	}
	defer st.Close()
	before, err := st.Head(ctx)
	if err != nil {
		return 0, err
	}
	var committed time.Time
	var front open
	for patience := time.Now().Add(2 * time.Minute); time.Now().Before(patience); time.Sleep(time.Millisecond) {
		if committed.IsZero() {
			head, err := st.Head(ctx)
			if err != nil {
				return 0, err
			}
			if head.Number > before.Number {
				committed = time.Now()
			}
		}
		text, err := front.renew(ctx, c.url+"/en/")
		if err != nil {
			return 0, err
		}
		if strings.Contains(text, "/incidents/"+string(id)) {
			if committed.IsZero() { // between the two questions
				return 0, nil
			}
			return time.Since(committed), nil
		}
	}
	return 0, fmt.Errorf("the update of incident %s did not come to the page", id)
}

// open is a page that a browser shows.
type open struct{ tag string }

// renew asks for the page, and returns its text if it has changed.
func (o *open) renew(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("If-None-Match", o.tag)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if res.StatusCode == http.StatusNotModified {
		return "", err
	}
	o.tag = res.Header.Get("ETag")
	return string(text), err
}

func (d decade) head(ctx context.Context) (int64, error) {
	st, _, err := server.Inspect(ctx, stored(d.folder))
	if err != nil {
		return 0, err
	}
	defer st.Close()
	h, err := st.Head(ctx)
	return h.Number, err
}
