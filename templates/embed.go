// Package templates embeds the pages' and mails' templates and the message
// catalogues, where they lie.
package templates

import "embed"

// FS holds public/, editor/ and mail/ (html/template and text/template files)
// and messages/FACE.LANG.json (package server/language reads those).
//
//go:embed all:public all:editor all:mail all:messages
var FS embed.FS
