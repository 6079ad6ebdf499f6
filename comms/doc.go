// Package comms holds the values that every other package speaks of: what may
// be said (Message), about what (Claim, Component), in which moment of an
// incident (Phase, Severity), and how exact words are named (Digest).
//
// It is the domain's vocabulary and nothing more. It reads no clock, opens no
// file, knows no HTTP and no SQL; time and identifiers come in as arguments.
// The packages below it form the pipeline:
//
//	draft → render → lint → signoff → publication
//
// Everything after the publication lives under server/ and reads publications
// alone.
package comms
