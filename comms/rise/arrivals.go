package rise

// Arrivals is what a look at one key shows.
type Arrivals struct{ Visits, Reports Reading }

// Rises tells whether more come than usual, of either kind.
func (a Arrivals) Rises() bool { return a.Visits.Rises || a.Reports.Rises }

// Calm tells whether the last hour is as usual.
func (a Arrivals) Calm() bool { return a.Visits.Calm && a.Reports.Calm }

// Telling is the reading that says most, and whether it is that of reports:
// somebody who says that they see trouble says more than somebody who looks.
func (a Arrivals) Telling() (r Reading, reports bool) {
	if a.Reports.Rises {
		return a.Reports, true
	}
	return a.Visits, false
}
