package public

import (
	_ "embed"
	"fmt"
	"net/http"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/labstack/echo/v4"
)

//go:embed openapi.yaml
var source []byte

// document gives openapi.yaml as JSON.
var document = sync.OnceValues(func() ([]byte, error) {
	text, err := yaml.YAMLToJSON(source)
	if err != nil {
		return nil, fmt.Errorf("read openapi.yaml: %w", err)
	}
	return text, nil
})

// openAPI answers the document of what programs read here (OpenAPI 3.1).
func (s *site) openAPI(c echo.Context) error {
	text, err := document()
	if err != nil {
		return err
	}
	shareable(c)
	c.Response().Header().Set("Cache-Control", cacheScript)
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, text)
}
