// Package holding knows what a holding statement permits, and fills it in.
//
// A statement's words were rendered once, when a quorum approved them, and are
// kept with their gaps: {components}, {started}. Filling them in replaces each
// gap with a name from the statement's own list or with a time, and does
// nothing else. So whoever holds the statement and what a publication says of
// its incident can tell whether the words are the approved ones, with no
// template, no renderer and no plan: signoff does, at publication and for as
// long as the publication is kept.
package holding
