// Package rise tells when more customers come to an in-product link than usual.
//
//	counts by hour ─► Usual of this hour ─┐
//	counts of five minutes ─► the latest ─┴─► Look ─► Reading
//
// The rule, in words: in the last quarter of an hour, or in the last hour, at
// least Least came; that is at least Times what is usual at this hour of this
// day of the week; and chance would bring so many less than once in a hundred
// thousand looks.
//
// What is usual comes from the same hour of the same weekday, and the hours
// beside it, in the last four weeks: a quiet night is held against quiet nights,
// a Monday morning against Monday mornings. A single past hour counts as three
// times the middle one at most, so that an outage of last week does not hide that
// of today. The whole moves with the level of the last day, as the middle of
// eight parts of it has it, so that a product that grows is not called a rise.
// A key that is younger than two weeks is held against the days before as well.
//
// The method is that of the surveillance of outbreaks: Farrington, Andrews,
// Beale and Catchpole, "A statistical algorithm for the early detection of
// outbreaks of infectious disease", J. R. Statist. Soc. A 159 (1996), 547–563,
// with the negative binomial bound of Noufaily and others, "An improved
// algorithm for outbreak detection in multiple surveillance systems", Statistics
// in Medicine 32 (2013), 1206–1222.
package rise
