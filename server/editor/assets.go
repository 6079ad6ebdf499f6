package editor

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"
)

// assets are the style sheet and the script under names that change with
// their content, so that browsers may keep them for ever.
type assets struct {
	Style, Script, Icon string // addresses
	files               map[string][]byte
}

func readAssets(fsys fs.FS) (assets, error) {
	a := assets{files: map[string][]byte{}}
	for _, one := range []struct {
		address *string
		name    string
		parts   []string
	}{
		{&a.Style, "desk.css", []string{"tokens.css", "desk.css"}},
		{&a.Script, "desk.js", []string{"desk.js", "write.js"}},
		{&a.Icon, "favicon.svg", []string{"favicon.svg"}},
	} {
		var text []byte
		for _, part := range one.parts {
			b, err := fs.ReadFile(fsys, part)
			if err != nil {
				return a, fmt.Errorf("read a file of the desk's look: %w", err)
			}
			text = append(append(text, b...), '\n')
		}
		sum := sha256.Sum256(text)
		ext := path.Ext(one.name)
		name := strings.TrimSuffix(one.name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		a.files[name] = text
		*one.address = "/static/" + name
	}
	return a, nil
}

func (a assets) serve(c echo.Context) error {
	text, ok := a.files[c.Param("name")]
	if !ok {
		return echo.ErrNotFound
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return c.Blob(http.StatusOK, mime.TypeByExtension(path.Ext(c.Param("name"))), text)
}
