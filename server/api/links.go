package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/server/visits"
)

// Links reads how often in-product links were opened.
type Links interface {
	// LinkVisits sums up every key that was opened in the last thirty days.
	LinkVisits(ctx context.Context, now time.Time) ([]visits.Totals, error)
	// UnknownLinks lists keys that the plan did not have, the most visited first.
	UnknownLinks(ctx context.Context) ([]visits.Unknown, error)
}

// tally is how often something happened at a link in the latest hours.
type tally struct {
	Hour  int64 `json:"hour"`
	Day   int64 `json:"day"`
	Month int64 `json:"month"`
}

// risen says that more people than usual come.
type risen struct {
	Since   time.Time `json:"since"`
	Kind    string    `json:"kind"`
	Count   int64     `json:"count"`
	Minutes int       `json:"minutes"`
	Usual   float64   `json:"usual"`
	Silent  bool      `json:"silent"`
}

// links lists what products lead to, with who came, and the keys that nobody
// mapped.
func (a *api) links(v *visit) error {
	type link struct {
		Key        string              `json:"key"`
		Former     []string            `json:"former"`
		URL        string              `json:"url"`
		Title      comms.Words         `json:"title"`
		Components []comms.ComponentID `json:"components"`
		Published  bool                `json:"published"`
		Visits     tally               `json:"visits"`
		Reports    tally               `json:"reports"`
		Rise       *risen              `json:"rise"`
	}
	ctx, now := v.Request().Context(), a.c.Now()
	counted, err := a.c.Links.LinkVisits(ctx, now)
	if err != nil {
		return err
	}
	told, err := a.c.Desk.Told(ctx)
	if err != nil {
		return err
	}
	rises, err := a.c.Desk.RisesSince(ctx, v.actor, now)
	if err != nil {
		return err
	}
	list := []link{}
	for _, l := range v.plan.Catalogue.Links {
		one := link{Key: l.Key, Former: append([]string{}, l.Former...), URL: v.plan.Catalogue.PageURL + "/go/" + l.Key, Title: words(l.Title), Components: l.Components}
		one.Published = told.Of(l)
		t := visits.Of(counted, l)
		one.Visits, one.Reports = tally{t.Hour.Visits, t.Day.Visits, t.Month.Visits}, tally{t.Hour.Reports, t.Day.Reports, t.Month.Reports}
		if i := slices.IndexFunc(rises, func(r desk.Rise) bool { return l.Had(r.Key) && r.EndedAt.IsZero() }); i >= 0 {
			one.Rise = riseOf(rises[i])
		}
		list = append(list, one)
	}
	unknown, others, err := a.unmapped(v)
	if err != nil {
		return err
	}
	return v.answer(http.StatusOK, map[string]any{"links": list, "unknown": unknown, "others": others})
}

func riseOf(r desk.Rise) *risen {
	return &risen{r.BeganAt, r.Kind(), r.Count, int(r.Window / time.Minute), r.Usual, r.Silent()}
}

// unmapped is an unknown key.
type unmapped struct {
	Key     string    `json:"key"`
	Visits  int64     `json:"visits"`
	Reports int64     `json:"reports"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
}

// unmapped lists the keys that the plan does not have, and how often anything
// else was opened.
func (a *api) unmapped(v *visit) (list []unmapped, others int64, err error) {
	all, err := a.c.Links.UnknownLinks(v.Request().Context())
	list = []unmapped{}
	for _, u := range all {
		if u.Key == visits.Others {
			others = u.Visits
		} else if _, known := v.plan.Catalogue.Link(u.Key); !known {
			list = append(list, unmapped{u.Key, u.Visits, u.Reports, u.First, u.Last})
		}
	}
	return list, others, err
}
