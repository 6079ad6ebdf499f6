package editor

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// auditView is the log of everything that was done, newest first.
type auditView struct {
	page
	Entries []auditRow
	Older   int64 // the next page begins below this number; 0 for none
	Head    string
	Number  int64
}

type auditRow struct {
	Number                   int64
	When, Who, What, Subject string
	Path, Detail             string
}

// perPage is how many entries one page of the audit shows.
const perPage = 50

func (e *Editor) audit(v *visit) error {
	ctx := v.Request().Context()
	before, _ := strconv.ParseInt(v.QueryParam("before"), 10, 64) // anything else begins at the newest
	entries, err := e.c.Journal.Entries(ctx, max(before, 0), perPage)
	if err != nil {
		return err
	}
	view := auditView{page: e.page(v, v.T("desk.audit.title"), "audit")}
	head, err := e.c.Desk.Head(ctx)
	if err != nil {
		return err
	}
	view.Head, view.Number = head.String(), head.Number
	for _, entry := range entries {
		row := auditRow{Number: entry.Number, When: v.DateTime(entry.At), Who: v.plan.PersonNamed(entry.Person), What: entry.Action, Subject: entry.Subject}
		if entry.Person == "" {
			row.Who = v.T("desk.audit.service")
		}
		switch noun, _, _ := strings.Cut(entry.Action, "."); noun {
		case "update", "approval", "finding", "wording", "cause", "publication":
			row.Path = "/updates/" + entry.Subject
		case "incident", "promise", "handover":
			row.Path = "/incidents/" + entry.Subject
		case "rise":
			row.Path = "/links/" + entry.Detail["link"]
		}
		for _, key := range slices.Sorted(maps.Keys(entry.Detail)) {
			row.Detail = joinComma(row.Detail, v.detail(entry.Action, key)+": "+v.Stored(entry.Detail[key]))
		}
		view.Entries = append(view.Entries, row)
	}
	if len(entries) == perPage && entries[perPage-1].Number > 1 {
		view.Older = entries[perPage-1].Number
	}
	return e.render(v, http.StatusOK, "audit", view)
}

// details are the parts of an entry that have a name in the reader's language.
var details = []string{
	"count", "digest", "due", "field", "from", "handover", "kind", "link", "means", "need", "now", "plan", "promise", "publish_at",
	"reason", "requirement", "rules", "severity", "statement", "step", "suggestion", "to", "token", "usual", "warrant",
}

// detail names a part of an entry. What a publication calls its number is the
// head of the chain: its number and its seal.
func (v *visit) detail(action, key string) string {
	switch {
	case action == "publication.added" && key == "number":
		return v.T("desk.audit.detail.head")
	case slices.Contains(details, key):
		return v.T("desk.audit.detail." + key)
	}
	return key
}
