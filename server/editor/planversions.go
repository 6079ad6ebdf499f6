package editor

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// versionsView lists every version of the plan, the one in force first.
type versionsView struct {
	page
	Versions []versionRow
}

type versionRow struct {
	Number  int
	Summary string
	When    string
	Who     string // who wrote and who signed it
	Parts   string
	Seal    string
	Path    string // what it changed; "" for the first
}

func (e *Editor) planVersions(v *visit) error {
	pubs, err := e.c.Desk.Versions(v.Request().Context())
	if err != nil {
		return err
	}
	view := versionsView{page: e.page(v, v.T("desk.plan.versions"), "plan")}
	for _, pub := range slices.Backward(pubs) {
		view.Versions = append(view.Versions, v.versionRow(pub))
	}
	return e.render(v, http.StatusOK, "planversions", view)
}

func (v *visit) versionRow(pub signoff.Publication) versionRow {
	m, w := pub.Message().PlanVersion, pub.Warrant()
	row := versionRow{Number: m.Version, Summary: readable(m.Summary), When: v.DateTime(pub.At()), Seal: pub.Digest().Short(), Who: v.T("desk.plan.founded")}
	if m.Version > 1 {
		row.Path = "/plan/changes/" + strconv.Itoa(m.Version)
	} else {
		row.Summary = v.T("desk.plan.first_version")
	}
	if w.Kind != signoff.Genesis {
		var signers []plan.PersonID
		for _, a := range w.Approvals {
			signers = append(signers, a.Person)
		}
		row.Who = v.T("desk.plan.signed_by", "authors", v.people(w.Authors), "signers", v.people(signers))
		for _, part := range m.Parts {
			row.Parts = joinComma(row.Parts, v.T("desk.part."+part))
		}
	}
	return row
}

// changesView is the difference between two versions of the plan.
type changesView struct {
	page
	Version versionRow
	From    int
	Changes []planChange
	Older   string // the difference before; "" at the second version
	Newer   string // the one after; "" at the latest
}

// planChangesPage shows what a version changed in the one before it, or in the
// one that the address names.
func (e *Editor) planChangesPage(v *visit) error {
	ctx := v.Request().Context()
	number, err := strconv.Atoi(v.Param("version"))
	if err != nil {
		return comms.Refuse(comms.NotFound, "", "%s", v.T("desk.error.not_found"))
	}
	after, pub, err := e.c.Desk.Version(ctx, number)
	if err != nil {
		return err
	}
	from := number - 1
	if n, err := strconv.Atoi(v.QueryParam("from")); err == nil {
		from = n
	}
	before, _, err := e.c.Desk.Version(ctx, from)
	if err != nil {
		return err
	}
	view := changesView{page: e.page(v, v.T("desk.plan.changes_title", "from", from, "to", number), "plan"), Version: v.versionRow(pub), From: from, Changes: v.changesOf(before, after)}
	if from == number-1 && from > 1 {
		view.Older = "/plan/changes/" + strconv.Itoa(from)
	}
	if _, inForce, err := e.c.Desk.Plan(ctx); err != nil {
		return err
	} else if from == number-1 && number < inForce.Message().PlanVersion.Version {
		view.Newer = "/plan/changes/" + strconv.Itoa(number+1)
	}
	return e.render(v, http.StatusOK, "planchanges", view)
}
