// Package editor is the desk's face: where people write updates, see exactly
// what would go out, and sign.
//
// Every page is rendered on the server and works without JavaScript; a script
// only saves while people type and keeps a copy in the browser. What was typed
// comes back with every refusal: a wrong field, a stale save, a session that
// ended while somebody wrote.
//
// The package decides nothing about what may be published. It turns requests
// into the desk's use cases and refusals into pages: errors.go holds the one
// table from codes to HTTP statuses. A session is enough to read and write;
// signing asks for the person again; a token drafts and never signs.
package editor
