// Package auth proves who somebody is: passwords, one-time codes, sessions and
// tokens. It says nothing about what a person may do; roles are the plan's.
//
// A session says only that a person signed in some time ago. That is enough to
// read and to write, and never enough to sign: signing asks for the person
// again (Prove). Whoever has set up one-time codes proves themselves with the
// password and a code, at sign-in and at every signature; a code counts once.
//
// A token lets a program draft for a person. It is stored hashed, expires, and
// carries no proof, so it can never sign.
//
// Every refusal is a *Denied or a *Limited. An unknown name, a wrong password,
// a disabled account and a person who left the roster give the same answer in
// the same time.
package auth
