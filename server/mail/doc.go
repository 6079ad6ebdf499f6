// Package mail writes mails, sends them and, for the demonstration, receives
// them.
//
// A Composer turns a publication into one mail for one subscriber, and a Notice
// into one mail for one of the desk's own people. A Sender hands mails to a
// mail server over SMTP (RFC 5321). A Mailbox is a small mail server on
// loopback that keeps what it gets in a folder.
//
// No error and no log line of this package holds an address.
package mail
