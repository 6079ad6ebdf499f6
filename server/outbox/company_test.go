package outbox_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/server/mail"
	"github.com/countersign/countersign/server/mail/mailtest"
	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
	"github.com/countersign/countersign/templates"
)

// brisk is a pace at which tests are soon over.
var brisk = outbox.Pace{
	Poll: 20 * time.Millisecond, Batch: 20, Turn: 500 * time.Millisecond, First: 40 * time.Millisecond,
	Most: 200 * time.Millisecond, Outage: 200 * time.Millisecond, Grace: time.Second, Sweep: 300 * time.Millisecond,
}

// company is an office whose publications go out through a real mail server.
type company struct {
	*storetest.Office
	t       testing.TB
	outbox  *outbox.Outbox
	server  *mailtest.Server
	log     *logged
	counted *counted
	ahead   atomic.Int64 // nanoseconds by which the outbox's clock was put forward
}

// onEach runs a test on every database.
func onEach(t *testing.T, test func(t *testing.T, st *store.Store)) {
	t.Run("sqlite", func(t *testing.T) { test(t, storetest.SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, storetest.Postgres(t)) })
}

// found makes a company of n subscribers. The outbox does not run yet.
func found(t testing.TB, st *store.Store, n int, fault mailtest.Fault) *company {
	t.Helper()
	c := &company{Office: storetest.NewOffice(t, st), t: t, server: mailtest.Start(t, "", fault), log: &logged{}, counted: &counted{states: map[outbox.DeliveryState]int{}}}
	for i := range n {
		c.Subscribe(address(i))
	}
	c.outbox = c.open(c.server.Addr, brisk)
	return c
}

func address(i int) string { return fmt.Sprintf("customer%d@example.com", i) }

// open makes an outbox that sends to the address.
func (c *company) open(addr string, pace outbox.Pace) *outbox.Outbox {
	c.t.Helper()
	now := ticking()
	o := newOutbox(c.t, outbox.Config{
		Store: c.Store, Observer: c.counted, Log: slog.New(slog.NewTextHandler(c.log, nil)), Pace: pace,
		Now: func() time.Time { return now().Add(time.Duration(c.ahead.Load())) },
	}, addr)
	must(c.t, o.Migrate(c.t.Context()))
	c.Store.SetEnqueuer(o)
	return o
}

// ticking is a clock that goes on from a minute after the office's.
func ticking() func() time.Time {
	began := time.Now()
	return func() time.Time { return storetest.Clock().Add(time.Minute + time.Since(began)) }
}

// newOutbox makes an outbox over the store of the configuration.
func newOutbox(t testing.TB, c outbox.Config, addr string) *outbox.Outbox {
	t.Helper()
	words, err := language.New(templates.FS)
	must(t, err)
	tokens, err := mail.NewTokens(bytes.Repeat([]byte{1}, 32))
	must(t, err)
	composer, err := mail.NewComposer(mail.Config{From: "status@northwind.example", DeskURL: "https://desk.northwind.example"}, templates.FS, words, tokens)
	must(t, err)
	sender, err := mail.NewSender(mail.Server{Addr: addr, TLS: mail.TLSNone, Command: 2 * time.Second, Submission: 2 * time.Second})
	must(t, err)
	st := c.Store.(*store.Store)
	c.DB, c.Dialect, c.Composer, c.Sender = st.DB(), st.Dialect(), composer, sender
	c.Plan = desk.New(desk.Config{Store: st}).Plan
	o, err := outbox.New(c)
	must(t, err)
	return o
}

// start delivers until the test ends.
func (c *company) start() {
	c.t.Helper()
	c.run(c.outbox)
}

func (c *company) run(o *outbox.Outbox) {
	c.t.Helper()
	must(c.t, o.Start(c.t.Context()))
	c.t.Cleanup(func() { stop(c.t, o) })
}

func stop(t testing.TB, o *outbox.Outbox) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	must(t, o.Stop(ctx))
}

// waitFor polls until the condition holds, for as long as a slow machine may
// need: nothing here asserts a time.
func waitFor(t testing.TB, what string, holds func() bool) {
	t.Helper()
	const within = 2 * time.Minute
	for end := time.Now().Add(within); ; time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("after %s still not: %s", within, what)
		}
	}
}

// tally counts the deliveries of a publication by state.
func (c *company) tally(number int64) map[outbox.DeliveryState]int {
	c.t.Helper()
	counts, _, err := c.Store.Tally(context.Background(), number)
	must(c.t, err)
	return counts
}

func (c *company) becomes(number int64, state outbox.DeliveryState, n int) {
	c.t.Helper()
	waitFor(c.t, fmt.Sprintf("%d deliveries are %s", n, state), func() bool { return c.tally(number)[state] == n })
}

// logged is a log that tests can read.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// silent checks that the log shows no address.
func (l *logged) silent(t testing.TB) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.text.String(); strings.Contains(s, "@example.com") {
		t.Errorf("the log shows an address:\n%s", s)
	}
}

// counted is an observer.
type counted struct {
	mu      sync.Mutex
	states  map[outbox.DeliveryState]int
	notices int
}

func (c *counted) Settled(way string, state outbox.DeliveryState, after time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if way == "mail" && after > 0 {
		c.states[state]++
	}
}

func (c *counted) Noticed(_ string, sent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if sent {
		c.notices++
	}
}

func (c *counted) sent() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.notices
}

func (c *counted) of(state outbox.DeliveryState) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.states[state]
}

// jobs counts the jobs of a kind that are not finished.
func jobs(t testing.TB, db *sql.DB, kind string) (n int) {
	t.Helper()
	must(t, db.QueryRow(`SELECT COUNT(*) FROM river_job WHERE kind = $1 AND finalized_at IS NULL`, kind).Scan(&n))
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (c *counted) SignedUp(outbox.DeliveryState) {}
