package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/countersign/countersign/comms/links"
)

// deployed is a page that runs somewhere and is asked where addresses lead.
type deployed struct{ base *url.URL }

// The bounds of the questions: a code base has few links, and a page that is
// needed now must not notice them.
const (
	questionsAtOnce = 4
	longestQuestion = 10 * time.Second
)

// answered is what /go/KEY.json says of a key.
type answered struct {
	Key   *string `json:"key"`
	Known bool    `json:"known"`
}

// judge asks the page about each address once.
func (d deployed) judge(ctx context.Context, sights []sight) error {
	type verdict struct {
		links.Verdict
		instead string
	}
	asked := map[string]*verdict{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(questionsAtOnce)
	for _, s := range sights {
		if asked[s.Path] != nil || s.Open {
			continue
		}
		v := &verdict{}
		asked[s.Path] = v
		group.Go(func() (err error) {
			v.Verdict, v.instead, err = d.ask(ctx, s.Mention)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for n, s := range sights {
		if sights[n].Verdict = links.Open; !s.Open {
			sights[n].Verdict, sights[n].Instead = asked[s.Path].Verdict, asked[s.Path].instead
		}
	}
	return nil
}

func (d deployed) ask(ctx context.Context, m links.Mention) (links.Verdict, string, error) {
	if m.Key == "" {
		code, _, err := d.get(ctx, http.MethodHead, m.Path)
		if err != nil || code < 400 {
			return links.Fine, "", err
		}
		return links.Dead, "", nil
	}
	code, body, err := d.get(ctx, http.MethodGet, "/go/"+url.PathEscape(m.Key)+".json")
	if err != nil {
		return "", "", err
	}
	var a answered
	if code != http.StatusOK || json.Unmarshal(body, &a) != nil {
		return "", "", &exitError{exitUnreachable, fmt.Errorf("%s/go/%s.json answers with status %d and no data of a link; is --base the address of the status page?", d.base, m.Key, code)}
	}
	switch {
	case !a.Known || a.Key == nil:
		return links.Unknown, "", nil
	case *a.Key != m.Key:
		return links.Renamed, *a.Key, nil
	}
	return links.Fine, "", nil
}

var alternate = regexp.MustCompile(`hreflang="?([A-Za-z0-9-]+)"?`)

// languages are those that the page says it has.
func (d deployed) languages(ctx context.Context) ([]string, error) {
	code, body, err := d.get(ctx, http.MethodGet, "/")
	if err != nil {
		return nil, err
	}
	if code != http.StatusOK {
		return nil, &exitError{exitUnreachable, fmt.Errorf("%s answers with status %d; is --base the address of the status page?", d.base, code)}
	}
	var out []string
	for _, m := range alternate.FindAllStringSubmatch(string(body), -1) {
		out = append(out, m[1])
	}
	return out, nil
}

// get asks for a path of the page. It tells the page that nobody reads the
// answer, so that it counts as no visit.
func (d deployed) get(ctx context.Context, method, path string) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, longestQuestion)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(d.base.String(), "/")+path, nil)
	if err != nil {
		return 0, nil, fmt.Errorf("the address of the page: %w", err)
	}
	req.Header.Set("Sec-Purpose", "prefetch")
	req.Header.Set("User-Agent", "countersign-links-check")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, &exitError{exitUnreachable, fmt.Errorf("the page does not answer: %w", err)}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return 0, nil, &exitError{exitUnreachable, fmt.Errorf("the page does not answer: %w", err)}
	}
	return res.StatusCode, body, nil
}
