// Package signoff decides whether a message may go out, and is the only mint
// of publications.
//
// Everything that customers see is rendered from a Publication. Its fields are
// private, its zero value is refused by every channel, and there are two doors
// to one:
//
//   - Countersign judges a message against the plan in force, the language
//     report on exactly this message and the signatures for exactly its
//     digest, and seals a new publication;
//   - Restore takes a stored one back and believes nothing of it: bytes, seal,
//     warrant and signatures are verified as of the publication's own time.
//
// An Outline is what a publication says besides its words. Whoever remembers
// ten years of them remembers those, and restores the rest when it is wanted.
//
// A Warrant says why a publication may exist: the quorum that the plan names,
// a holding statement that a quorum allowed in advance (the warrant carries the
// whole publication that did), or genesis, the first
// plan of an installation. Publications form a chain: each is sealed with an
// Ed25519 key (RFC 8032) over its number, time, digest, frame, warrant and the
// seal before it. Signatures of people are attested with the same key, so that
// a row written into the database by hand is not a signature.
//
// The package is pure: no store, no clock, no random source but the key's.
package signoff
