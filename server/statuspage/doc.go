// Package statuspage turns publications into the public interface that other
// status pages taught programs: the JSON documents under /api/v2, a document
// for each incident, the history by months, and the two feeds with one entry
// for each incident. Clients of it decode strictly, so that every object has
// just the keys that they know, in their order, with null where they know null.
//
// Read gathers publications once; Record.In writes documents in one language.
// The phrases that programs compare ("All Systems Operational", "Resolved")
// are those of the interface and the same in every language; names and words
// are the signed ones. Nothing here reads a clock, but History is told the
// month in which it ends.
//
// Where this service says more than the interface can, the nearest word is
// used: a false alarm is a resolved incident without impact, work that was
// called off is completed, and a severity that the interface lacks has the
// impact that the components add up to.
package statuspage
