// Package page turns publications into what customers see: an immutable
// snapshot of rendered, compressed bytes, swapped atomically.
//
// In flow publications, oldest first, and the time. Out flow documents: the
// front page, a page for each incident and maintenance, the history, the feeds,
// the calendars, what programs and other pages show of them (package statuspage,
// badges, the banner, oEmbed) and the error pages, in every language of the plan, with strong ETags.
// Nothing else flows in: there is no way to ask this package for a draft.
//
// Every fact comes from a publication; every other word from the frame's
// catalogue (package language). The clock decides five things alone: which
// days the bars, the list of days and the calendar cover, where an uptime ends, whether a
// promise still lies ahead, and when to render again. It never changes the
// state of a component.
//
// The front page is rendered when something is published, at midnight UTC and
// when a promise passes, and shown as soon as it is; compressing it, and the
// history and the pages of what is open, come after that. All other pages and
// the feeds are rendered when they are asked for, into a bounded memory; what
// programs read for whoever asks first, once for a snapshot.
//
// Ten years of publications are kept as facts: an outline of each
// (signoff.Outline), a few hundred bytes without a word, and the headings of
// what stands. They never change. A publication makes new facts out of those
// before it, which share everything that it does not touch, so that it costs as
// much after ten years as on the first day. Words come from a shelf (package
// shelf): the newest from memory, all others from the store, which verifies them
// anew. A document whose words cannot be had is not written; whoever asked is
// told that it cannot be shown, and the others are not concerned.
package page
