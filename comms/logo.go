package comms

import (
	"encoding/hex"
	"strings"
)

// Logo is the company's picture, as it is shown: pixels and nothing else.
type Logo struct {
	Type   string `json:"type"` // "image/png" or "image/webp"
	Width  int    `json:"width"`
	Height int    `json:"height"` // in pixels
	Data   []byte `json:"data"`
	// LightGround asks for a light ground behind it where the page is dark,
	// DarkGround for a dark one where it is light.
	LightGround bool `json:"light_ground,omitempty"`
	DarkGround  bool `json:"dark_ground,omitempty"`
}

// Path is the picture's address on the page. It names these exact bytes, so
// that it may be kept for ever.
func (l Logo) Path() string {
	sum := DigestOf(l.Data)
	return "/logo/" + hex.EncodeToString(sum[:8]) + "/logo." + strings.TrimPrefix(l.Type, "image/")
}

// Accent is the colour of links and of what is most important to press, as
// #rrggbb: on the light page and on the dark one.
type Accent struct {
	Light string `json:"light"`
	Dark  string `json:"dark"`
}
