package api

import (
	_ "embed"
	"fmt"
	"net/http"

	"github.com/goccy/go-yaml"
	"github.com/labstack/echo/v4"
)

//go:embed openapi.yaml
var source []byte

// readDocument gives openapi.yaml as JSON.
func readDocument() ([]byte, error) {
	document, err := yaml.YAMLToJSON(source)
	if err != nil {
		return nil, fmt.Errorf("read openapi.yaml: %w", err)
	}
	return document, nil
}

// openAPI answers the document of this interface (OpenAPI 3.1).
func (a *api) openAPI(v *visit) error {
	return v.Blob(http.StatusOK, echo.MIMEApplicationJSON, a.document)
}
