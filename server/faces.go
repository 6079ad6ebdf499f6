package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/server/api"
	"github.com/countersign/countersign/server/editor"
	"github.com/countersign/countersign/server/mail"
	"github.com/countersign/countersign/server/public"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/static"
	"github.com/countersign/countersign/templates"
)

func (s *service) publicFace(tokens mail.Tokens, observer public.Observer) http.Handler {
	var trusted []*net.IPNet
	for _, p := range s.config.proxies() {
		trusted = append(trusted, &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())})
	}
	in := s.installation
	return public.New(public.Config{
		Pages: s.keeper, Tokens: tokens, Subscribers: in.Store, Visits: s.visits, Languages: in.Words, Static: static.FS,
		Ready: s.storeReady, Now: s.config.Now, Log: s.config.Log, Observer: observer, TrustedProxies: trusted,
	})
}

func (s *service) deskFace(ctx context.Context, metrics http.Handler) (http.Handler, error) {
	in, address := s.installation, ""
	if p, err := in.plan(ctx); err == nil { // else open has said what is wrong
		address = p.Catalogue.PageURL
	}
	c := editor.Config{
		Desk: in.Desk, Auth: in.Auth, Languages: in.Words, Templates: templates.FS, Static: static.FS,
		Journal: journal{in.Store}, Links: in.Store, Following: in.Store, Metrics: metrics, Now: s.config.Now, Log: s.config.Log,
		Paused: func(ctx context.Context) (time.Time, bool, error) {
			p, paused, err := in.Store.Paused(ctx)
			return p.Since, paused, err
		},
		PublicURL: address, Proxies: s.config.proxies(),
	}
	if s.config.Mailbox != nil {
		c.Mailbox = mailbox{s.config.Mailbox}
	}
	face, err := editor.New(c)
	if err != nil {
		return nil, err
	}
	programs, err := api.New(api.Config{
		Desk: in.Desk, Auth: in.Auth, Languages: in.Words, Links: in.Store, Now: s.config.Now, Log: s.config.Log,
		DeskURL: s.config.deskURL(s.config.DeskListener.Addr()),
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(api.Root+"/", programs)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("/", face)
	return mux, nil
}

// ready tells whoever watches the desk whether it can store what people type,
// and whether customers see everything that is stored. It stands on the desk's
// side alone: a row that somebody forged must not make a load balancer take
// the page away from customers, who are shown what was signed before it.
func (s *service) ready(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	if err := s.storeReady(ctx); err != nil {
		s.config.Log.ErrorContext(ctx, "the store does not answer", "error", err)
		answer(w, http.StatusServiceUnavailable, "not ready: the database does not answer or takes no writes; the log says why")
		return
	}
	if err := s.keeper.Failed(); err != nil {
		s.config.Log.ErrorContext(ctx, "the page does not show everything that is stored", "error", err)
		answer(w, http.StatusServiceUnavailable, fmt.Sprintf("not ready: the page stays at publication %d, because what follows it cannot be verified or shown; "+
			"the log says why, and `countersign audit verify` names every row that cannot be true", s.keeper.Snapshot().Number))
		return
	}
	if err := s.keeper.Unreadable(); err != nil {
		s.config.Log.ErrorContext(ctx, "somebody asked for words that cannot be verified any more, and they are shown to nobody", "error", err)
		answer(w, http.StatusServiceUnavailable, "not ready: the words of an older publication cannot be verified any more, and the pages that they stand on are shown to nobody; "+
			"the log says why, and `countersign audit verify` names every row that cannot be true")
		return
	}
	answer(w, http.StatusOK, "ready")
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}

// journal is the store's audit in the shape that the desk's face asks for.
type journal struct{ store *store.Store }

func (j journal) Entries(ctx context.Context, before int64, limit int) ([]desk.Entry, error) {
	return j.store.Audit(ctx, before, limit)
}

// mailbox is the demonstration's mailbox in the shape that the desk's face
// asks for.
type mailbox struct{ folder *mail.Folder }

// shownMails bounds the list of the mailbox.
const shownMails = 200

func (m mailbox) Mails(context.Context) ([]editor.Mail, error) {
	var out []editor.Mail
	for _, l := range m.folder.List(shownMails) {
		out = append(out, letter(l))
	}
	return out, nil
}

func (m mailbox) Mail(_ context.Context, id string) (editor.Mail, error) {
	l, err := m.folder.Get(comms.ID(id))
	return letter(l), err
}

func letter(l mail.Letter) editor.Mail {
	out := editor.Mail{ID: string(l.ID), From: l.From, To: l.To, Subject: l.Subject, At: l.ReceivedAt, Text: l.Text, HTML: l.HTML}
	for _, f := range l.Header {
		out.Headers = append(out.Headers, fmt.Sprintf("%s: %s", f.Name, f.Value))
	}
	return out
}
