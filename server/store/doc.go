// Package store keeps everything in one database, SQLite or PostgreSQL, and
// holds all SQL of the program. One text with $n placeholders, numbered in the
// order in which they appear, serves both; the two dialects differ in their
// migrations and in the few words of type dialect.
//
// The law of signing stands in the database as well: triggers refuse whatever
// ordinary SQL tries with publications and what they rest on. SQLite verifies
// the seal of every new approval and publication, by functions that only the
// connections of this package know, with the store's public keys: another
// program cannot insert such a row at all, and this one only what the seal key
// has sealed. PostgreSQL has no Ed25519: there, whoever may write to the tables
// can insert rows that fit each other in everything but their seals.
//
// Wherever a row comes from, and whoever took the triggers away before: every
// publication that leaves this package has gone through signoff.Restore, and
// nobody publishes on top of one that has not. A forged row at the end of the
// chain stops the desk, and takes nothing that was signed before it from
// customers. It is found by the package audit; see there for what is not.
package store
