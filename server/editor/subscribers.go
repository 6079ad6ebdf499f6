package editor

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/countersign/countersign/comms"
)

// subscribersView counts who gets mail. Addresses are on no page: nobody needs
// them to write an update.
type subscribersView struct {
	page
	Sections []countedView
}

type countedView struct {
	Title string
	Rows  [][2]string // what, how many
}

func (e *Editor) subscribers(v *visit) error {
	f, err := e.c.Following.Following(v.Request().Context(), e.c.Now().Add(-24*time.Hour))
	if err != nil {
		return err
	}
	view := subscribersView{page: e.page(v, v.T("desk.subscribers.title"), "subscribers")}
	section := func(id string, rows ...[2]string) {
		view.Sections = append(view.Sections, countedView{v.T("desk.subscribers." + id), rows})
	}
	row := func(id string, n int) [2]string { return [2]string{v.T("desk.subscribers." + id), strconv.Itoa(n)} }
	section("now", row("all", f.Subscribers), row("everything", f.Everything), row("chosen", f.Chosen), row("ends", f.Ends),
		row("incidents_only", f.IncidentsOnly), row("planned_only", f.PlannedOnly))
	var langs [][2]string
	for _, l := range slices.Sorted(maps.Keys(f.Languages)) {
		langs = append(langs, [2]string{e.languageName(l), strconv.Itoa(f.Languages[l])})
	}
	if len(langs) > 0 {
		section("languages", langs...)
	}
	section("day", row("asked", f.Asked), row("confirmed", f.Confirmed), row("left", f.Left))
	section("requests", row("unconfirmed", f.Unconfirmed), row("waiting", f.Waiting), row("undue", f.Undue))
	return e.render(v, http.StatusOK, "subscribers", view)
}

// languageName is what a language calls itself, if the frame speaks it.
func (e *Editor) languageName(l comms.Lang) string {
	if p := e.c.Languages.For(l); p.Lang() == l {
		return p.T("language.name")
	}
	return string(l)
}
