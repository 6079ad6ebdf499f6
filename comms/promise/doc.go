// Package promise is the rules of what a plan promises customers, and its own
// people, in time: when the first update is due and when the next, when planned
// work is announced, begun and ended, and how long signatures may take.
//
// Each promise is a record of its own. It is made by the declaration of an
// incident, by a publication or by a submission, and decided once:
//
//	                 published in time, or signed
//	       ┌───────────────────────────────────────────► kept
//	open ──┼─── its time is over ───► missed ──────────► missed, and answered so much too late
//	       └───────────────────────────────────────────► withdrawn
//	                 what it was about will not be
//
// What decides is the time of the publication, not the clock that happened to
// notice: where a clock that ran ahead called a promise missed, a publication
// that came in time still keeps it. All spans are durations between moments in
// UTC; no rule knows of days, zones or daylight-saving time.
//
// The package is pure: it has no clock and keeps nothing.
package promise
