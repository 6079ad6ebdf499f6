// Package outbox carries publications to subscribers and notices to the desk's
// own people.
//
// The deliveries in the store are the truth about who was told what; a job of
// the job library only says that there is work. A job is stored in the
// transaction that made it necessary, and names a publication or a notice and
// nothing else. There is one at a time for each:
//
//	fan-out stored → [ spread the next subscribers → claim → compose → send → settle ]… → done
//	                       ↑                                                │
//	                       └── asleep until the next delivery is due ───────┘
//
// In quiet hours that were signed with the message nothing is spread until they
// are over: who leaves meanwhile gets no mail.
//
// What is claimed is leased: whoever dies while sending loses the lease, and
// another one takes the delivery up when it has run out. So a crash repeats at
// most the mails that were in flight, and loses none; a repeat has the same
// Message-ID. A job that a dead process left running, or that vanished, is put
// back by the sweep: on SQLite at the next start, on PostgreSQL within about a
// minute.
//
// This is the only package that knows the job library.
package outbox
