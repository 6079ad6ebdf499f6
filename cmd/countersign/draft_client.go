package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/lint"
)

// remote are the flags of commands that talk to a running service.
type remote struct {
	Server    string `placeholder:"URL" help:"Address of the desk, such as https://desk.example.com."`
	TokenFile string `placeholder:"FILE" help:"File that holds the token; else COUNTERSIGN_TOKEN does."`
	JSON      bool   `name:"json" env:"-" help:"Print the result as data."`
}

// session is a service and who talks to it.
type session struct {
	base, token string
	json        bool
	http        *http.Client
}

// patience is how long an answer may take.
const patience = 30 * time.Second

// connect finds the service and the token. It asks nothing yet.
func (r remote) connect() (session, error) {
	s := session{json: r.JSON, http: &http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	u, err := url.Parse(r.Server)
	switch {
	case r.Server == "":
		return s, &exitError{exitUsage, errors.New("no service is named: give --server https://desk.example.com, or set COUNTERSIGN_SERVER")}
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return s, &exitError{exitUsage, fmt.Errorf("--server %s is no address: write it as https://desk.example.com", r.Server)}
	}
	s.base = strings.TrimRight(u.String(), "/") + "/api/v1"
	s.token = os.Getenv("COUNTERSIGN_TOKEN")
	if r.TokenFile != "" {
		text, err := os.ReadFile(r.TokenFile)
		if err != nil {
			return s, &exitError{exitUsage, fmt.Errorf("the token cannot be read: %w", err)}
		}
		s.token = string(text)
	}
	if s.token = strings.TrimSpace(s.token); s.token == "" {
		return s, &exitError{exitUsage, errors.New("there is no token: give --token-file FILE or set COUNTERSIGN_TOKEN; `countersign token create` makes one")}
	}
	if strings.ContainsFunc(s.token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return s, &exitError{exitUsage, errors.New("the token is not one line of letters and digits: give it as `countersign token create` printed it, and nothing else")}
	}
	return s, nil
}

// The shapes of the interface, as far as these commands read them.
type (
	draftText struct {
		Template   string                       `json:"template,omitempty"`
		Severity   string                       `json:"severity,omitempty"`
		Components map[string]string            `json:"components,omitempty"`
		StartedAt  string                       `json:"started_at,omitempty"`
		EndedAt    string                       `json:"ended_at,omitempty"`
		PublishAt  string                       `json:"publish_at,omitempty"`
		Slots      map[string]map[string]string `json:"slots,omitempty"`
	}
	draftOpening struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
		draftText
	}
	draftBeginning struct {
		Phase string `json:"phase,omitempty"`
		draftText
	}
	draftUpdate struct {
		ID       string    `json:"id"`
		Incident string    `json:"incident"`
		State    string    `json:"state"`
		Revision int       `json:"revision"`
		URL      string    `json:"url"`
		Text     draftText `json:"text"`
	}
	draftPreview struct {
		Ready    bool                       `json:"ready"`
		Forms    map[comms.Lang]comms.Forms `json:"forms"`
		Findings []lint.Finding             `json:"findings"`
		Errors   []draftFault               `json:"errors"`
	}
	draftFault struct {
		Pointer   string `json:"pointer,omitempty"`
		Header    string `json:"header,omitempty"`
		Parameter string `json:"parameter,omitempty"`
		Detail    string `json:"detail"`
	}
	draftProblem struct {
		Type     string         `json:"type"`
		Title    string         `json:"title"`
		Detail   string         `json:"detail"`
		Errors   []draftFault   `json:"errors"`
		Findings []lint.Finding `json:"findings"`
		Theirs   *struct {
			Author string    `json:"author"`
			Text   draftText `json:"text"`
		} `json:"theirs"`
	}
	draftNamed struct {
		ID   string            `json:"id"`
		Name map[string]string `json:"name"`
	}
	draftSlot struct {
		Name     string            `json:"name"`
		Type     string            `json:"type"`
		Shared   bool              `json:"shared"`
		Label    map[string]string `json:"label"`
		Help     map[string]string `json:"help"`
		Required bool              `json:"required"`
		Min      int               `json:"min"`
		Max      int               `json:"max"`
		Options  []struct {
			Key  string            `json:"key"`
			Text map[string]string `json:"text"`
		} `json:"options,omitempty"`
	}
	draftTemplate struct {
		draftNamed
		Slots []draftSlot `json:"slots"`
	}
	draftPlan struct {
		Templates []draftTemplate `json:"templates"`
		Languages []string        `json:"languages"`
	}
)

// source is the language in which the plan is written first.
func (p draftPlan) source() string {
	if len(p.Languages) == 0 {
		return ""
	}
	return p.Languages[0]
}

// slotNames says of slots where they lie when nobody says it.
type slotNames struct {
	source string
	shared map[string]bool
}

func (n slotNames) place(slot string) string {
	if n.shared[slot] {
		return sharedSlots
	}
	return n.source
}

// sharedSlots is where values lie that are the same in every language.
const sharedSlots = "shared"

// slots lists those of a template, or of all if none is named.
func (p draftPlan) slots(template string) slotNames {
	n := slotNames{p.source(), map[string]bool{}}
	for _, t := range p.Templates {
		for _, s := range t.Slots {
			if template == "" || template == t.ID {
				n.shared[s.Name] = n.shared[s.Name] || s.Shared
			}
		}
	}
	return n
}

func (t draftText) clone() draftText {
	t.Components = maps.Clone(t.Components)
	slots := map[string]map[string]string{}
	for lang, values := range t.Slots {
		slots[lang] = maps.Clone(values)
	}
	t.Slots = slots
	return t
}

func (t *draftText) set(lang, slot, value string) {
	if t.Slots == nil {
		t.Slots = map[string]map[string]string{}
	}
	if t.Slots[lang] == nil {
		t.Slots[lang] = map[string]string{}
	}
	t.Slots[lang][slot] = value
}

func (f draftFault) place() string {
	for _, s := range []string{f.Pointer, f.Header, f.Parameter} {
		if s != "" {
			return s
		}
	}
	return "text"
}

// problem is what the service said that was wrong.
type problem struct{ said draftProblem }

func (p *problem) Error() string {
	lines := []string{p.said.Detail}
	if len(p.said.Errors) > 0 {
		lines = nil
	}
	for _, e := range p.said.Errors {
		lines = append(lines, strings.TrimPrefix(e.place(), "#/")+": "+e.Detail)
	}
	if t := p.said.Theirs; t != nil {
		lines = append(lines, t.Author+" saved this meanwhile:")
		for _, lang := range slices.Sorted(maps.Keys(t.Text.Slots)) {
			for _, slot := range slices.Sorted(maps.Keys(t.Text.Slots[lang])) {
				lines = append(lines, fmt.Sprintf("  %s:%s=%s", lang, slot, t.Text.Slots[lang][slot]))
			}
		}
	}
	return strings.Join(lines, "\n")
}

func (p *problem) is(kind string) bool { return strings.HasSuffix(p.said.Type, "/"+kind) }

func isBlocked(err error) bool {
	var p *problem
	return errors.As(err, &p) && (p.is("blocked") || p.is("undecided"))
}

func asExit(err error, e **exitError) bool { return errors.As(err, e) }

// ask sends a request and reads the answer, or says what is wrong with the
// exit code for it.
func (s session) ask(ctx context.Context, method, path string, header map[string]string, body, answer any) error {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, sent)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := s.http.Do(req)
	if err != nil {
		return &exitError{exitUnreachable, fmt.Errorf("nothing answers at %s: %w; check --server, and that the service runs", s.base, err)}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	if err != nil {
		return &exitError{exitUnreachable, fmt.Errorf("the answer of %s did not arrive whole: %w", s.base, err)}
	}
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		if err := json.Unmarshal(text, answer); err != nil {
			return &exitError{exitUnreachable, fmt.Errorf("%s does not answer as a desk does: is --server the address of one?", s.base)}
		}
		return nil
	}
	var p problem
	if err := json.Unmarshal(text, &p.said); err != nil || p.said.Detail == "" {
		return &exitError{exitUnreachable, fmt.Errorf("%s answers %s, and not as a desk does: is --server the address of one?", s.base, res.Status)}
	}
	return &exitError{exitOf(res.StatusCode, &p), &p}
}

func exitOf(status int, p *problem) int {
	switch {
	case p.is("blocked"), p.is("undecided"):
		return exitFinding
	case status >= http.StatusInternalServerError:
		return exitUnreachable
	case p.is("invalid"), p.is("malformed"), p.is("too-large"):
		return exitUsage
	}
	return exitRefused
}

func (s session) get(ctx context.Context, path string, answer any) error {
	return s.ask(ctx, http.MethodGet, path, nil, nil, answer)
}

// create sends a request that begins something. Its key is told when nobody
// knows what became of it, so that it can be sent again.
func (s session) create(ctx context.Context, path, key string, body, answer any) error {
	if key == "" {
		key = rand.Text()
	}
	err := s.ask(ctx, http.MethodPost, path, map[string]string{"Idempotency-Key": key}, body, answer)
	var e *exitError
	var dial *net.OpError
	if errors.As(err, &e) && e.Code == exitUnreachable && !(errors.As(err, &dial) && dial.Op == "dial") {
		return &exitError{e.Code, fmt.Errorf("%w\nrun it again with --key %s: it begins nothing twice", e.Err, key)}
	}
	return err
}

func (s session) templates(ctx context.Context) (p draftPlan, err error) {
	return p, s.get(ctx, "/templates", &p)
}

func pathPart(id string) string { return url.PathEscape(id) }

func (s session) update(ctx context.Context, id string) (u draftUpdate, err error) {
	err = s.get(ctx, "/updates/"+pathPart(id), &u)
	return u, err
}

func (s session) preview(ctx context.Context, u draftUpdate) (p draftPreview, err error) {
	err = s.get(ctx, "/updates/"+u.ID+"/preview", &p)
	return p, err
}

func (u draftUpdate) match() map[string]string {
	return map[string]string{"If-Match": fmt.Sprintf("%q", fmt.Sprint(u.Revision))}
}

func (s session) save(ctx context.Context, u draftUpdate, text draftText) (saved draftUpdate, err error) {
	err = s.ask(ctx, http.MethodPut, "/updates/"+u.ID, u.match(), text, &saved)
	return saved, err
}

func (s session) submit(ctx context.Context, u draftUpdate) (submitted draftUpdate, err error) {
	err = s.ask(ctx, http.MethodPost, "/updates/"+u.ID+"/submit", u.match(), nil, &submitted)
	return submitted, err
}
