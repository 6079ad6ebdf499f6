// Package static embeds style sheets, scripts and icons, where they lie.
package static

import "embed"

// FS holds the files of this folder: tokens.css is the look that both faces
// share, and each face has its own style sheet and script beside it.
//
//go:embed *.css *.js *.svg
var FS embed.FS
