// Package openapitest holds an interface to the OpenAPI document that describes
// it, in tests: every exchange against the schema of its operation.
package openapitest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Document describes an interface. Its schemas are JSON Schema (draft 2020-12),
// as OpenAPI 3.1 section 4.8.24 has it.
type Document struct {
	whole map[string]any
	root  string // before every path of it

	mu       sync.Mutex
	compiler *jsonschema.Compiler
	compiled map[string]*jsonschema.Schema
}

// New reads a document, as JSON, of the paths under a root ("/api/v1", or "").
func New(text io.Reader, root string) (*Document, error) {
	whole, err := jsonschema.UnmarshalJSON(text)
	if err != nil {
		return nil, fmt.Errorf("read an OpenAPI document: %w", err)
	}
	object, ok := whole.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("an OpenAPI document is an object, and this is %T", whole)
	}
	d := &Document{whole: object, root: root, compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	d.compiler.AssertFormat()
	return d, d.compiler.AddResource("openapi.json", whole)
}

// node is a part of the document with the JSON pointer (RFC 6901) at which it
// stands; references are followed.
type node struct {
	d  *Document
	at string
	v  any
}

var token = strings.NewReplacer("~", "~0", "/", "~1")

// in is a member; its value is nil if there is none.
func (n node) in(names ...string) node {
	for _, name := range names {
		object, _ := n.v.(map[string]any)
		n = node{n.d, n.at + "/" + token.Replace(name), object[name]}.followed()
	}
	return n
}

func (n node) followed() node {
	if object, ok := n.v.(map[string]any); ok {
		if ref, ok := object["$ref"].(string); ok {
			return n.d.find(ref)
		}
	}
	return n
}

func (d *Document) find(ref string) node {
	n := node{d, "", d.whole}
	for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		n = n.in(strings.NewReplacer("~1", "/", "~0", "~").Replace(part))
	}
	return n
}

// items are the members of a list.
func (n node) items() []node {
	list, _ := n.v.([]any)
	out := make([]node, len(list))
	for i, v := range list {
		out[i] = node{n.d, fmt.Sprintf("%s/%d", n.at, i), v}.followed()
	}
	return out
}

func (n node) names() []string {
	object, _ := n.v.(map[string]any)
	return slices.Sorted(maps.Keys(object))
}

func (n node) text(name string) string {
	s, _ := n.in(name).v.(string)
	return s
}

// check holds a value to the schema that the node is.
func (n node) check(value any) error {
	n.d.mu.Lock()
	defer n.d.mu.Unlock()
	s, ok := n.d.compiled[n.at]
	if !ok {
		var err error
		if s, err = n.d.compiler.Compile("openapi.json#" + n.at); err != nil {
			return err
		}
		n.d.compiled[n.at] = s
	}
	return s.Validate(value)
}

// operation finds what the document says of a request, and the values in its path.
func (d *Document) operation(r *http.Request) (operation, path node, values map[string]string, ok bool) {
	asked := strings.Split(strings.TrimPrefix(r.URL.Path, d.root), "/")
	all := d.find("#/paths")
	for _, pattern := range all.names() {
		parts := strings.Split(pattern, "/")
		if len(parts) != len(asked) {
			continue
		}
		values, fits := map[string]string{}, true
		for i, p := range parts {
			before, rest, variable := strings.Cut(p, "{")
			name, after, _ := strings.Cut(rest, "}")
			value, begins := strings.CutPrefix(asked[i], before)
			value, ends := strings.CutSuffix(value, after)
			switch {
			case !variable:
				fits = fits && p == asked[i]
			case begins && ends && value != "":
				values[name] = value
			default:
				fits = false
			}
		}
		if one := all.in(pattern, strings.ToLower(r.Method)); fits && one.v != nil {
			return one, all.in(pattern), values, true
		}
	}
	return node{}, node{}, nil, false
}

// body holds a body to one of the contents that a request or an answer may have.
func (n node) body(contentType, body string) error {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil || n.in("content", media).v == nil {
		return fmt.Errorf("%q is none of the types %v", contentType, n.in("content").names())
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		return err
	}
	return n.in("content", media, "schema").check(value)
}

// Answer is what a request was answered with.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Hold compares an exchange with the document: the answer always, the request
// if it was accepted.
func (d *Document) Hold(t testing.TB, r *http.Request, a Answer) {
	t.Helper()
	if a.Status >= 400 && a.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s %s: %d is no problem document:\n%s", r.Method, r.URL, a.Status, a.Body)
	}
	operation, path, values, ok := d.operation(r)
	if !ok {
		if a.Status != http.StatusNotFound && a.Status != http.StatusMethodNotAllowed {
			t.Errorf("%s %s: %d, and openapi.yaml does not know it", r.Method, r.URL, a.Status)
		}
		return // a route that is not there has no answer in the document
	}
	response := operation.in("responses", strconv.Itoa(a.Status))
	if response.v == nil {
		response = operation.in("responses", "default")
	}
	switch {
	case response.v == nil:
		t.Errorf("%s %s: openapi.yaml has no answer %d", r.Method, r.URL, a.Status)
	case response.in("content").v == nil && a.Body != "":
		t.Errorf("%s %s: the answer %d has a body that openapi.yaml does not know", r.Method, r.URL, a.Status)
	case response.in("content").v != nil:
		if err := response.body(a.Header.Get("Content-Type"), a.Body); err != nil {
			t.Errorf("%s %s: the answer %d is not as openapi.yaml says: %v\n%s", r.Method, r.URL, a.Status, err, a.Body)
		}
	}
	for _, name := range response.in("headers").names() {
		if required, _ := response.in("headers", name, "required").v.(bool); required && a.Header.Get(name) == "" {
			t.Errorf("%s %s: the answer %d has no header %s", r.Method, r.URL, a.Status, name)
		}
	}
	if a.Status >= 300 {
		return
	}
	if err := accepted(r, operation, path, values); err != nil {
		t.Errorf("%s %s was accepted, and openapi.yaml says that it should not be: %v", r.Method, r.URL, err)
	}
}

// accepted holds a request to what the document says of its operation.
func accepted(r *http.Request, operation, path node, values map[string]string) error {
	for _, p := range append(path.in("parameters").items(), operation.in("parameters").items()...) {
		name, value := p.text("name"), ""
		switch p.text("in") {
		case "path":
			value = values[name]
		case "query":
			value = r.URL.Query().Get(name)
		case "header":
			value = r.Header.Get(name)
		}
		if required, _ := p.in("required").v.(bool); value == "" {
			if required {
				return fmt.Errorf("the parameter %s is missing", name)
			}
			continue
		}
		if err := p.in("schema").check(typed(value, p.in("schema").text("type"))); err != nil {
			return fmt.Errorf("the parameter %s: %w", name, err)
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	wants := operation.in("requestBody")
	if required, _ := wants.in("required").v.(bool); len(body) == 0 && !required {
		return nil
	}
	return wants.body(r.Header.Get("Content-Type"), string(body))
}

// typed reads a parameter as its schema has it.
func typed(value, kind string) any {
	switch kind {
	case "integer":
		if _, err := strconv.Atoi(value); err == nil {
			return json.Number(value)
		}
	case "boolean":
		if b, err := strconv.ParseBool(value); err == nil {
			return b
		}
	}
	return value
}

// Sound looks for what keeps a program from reading the document: references
// and schemas that lead nowhere, parameters that are not declared, operations
// without a name of their own or without answers.
func (d *Document) Sound(t testing.TB) {
	t.Helper()
	if version, _ := d.whole["openapi"].(string); !strings.HasPrefix(version, "3.1.") {
		t.Errorf("the document is of OpenAPI %q", version)
	}
	var walk func(v any, at string)
	walk = func(v any, at string) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok && d.find(ref).v == nil {
				t.Errorf("%s: the reference %s leads nowhere", at, ref)
			}
			for name, below := range v {
				walk(below, at+"/"+token.Replace(name))
			}
		case []any:
			for i, below := range v {
				walk(below, fmt.Sprintf("%s/%d", at, i))
			}
		}
	}
	walk(d.whole, "")
	named := map[string]bool{}
	placeholder := regexp.MustCompile(`\{([a-z]+)\}`)
	paths := d.find("#/paths")
	for _, pattern := range paths.names() {
		for _, method := range paths.in(pattern).names() {
			if method == "parameters" {
				continue
			}
			operation := paths.in(pattern, method)
			id := operation.text("operationId")
			if id == "" || named[id] || len(operation.in("responses").names()) == 0 {
				t.Errorf("%s %s: the operation has no name of its own or no answers", method, pattern)
			}
			named[id] = true
			var declared []string
			for _, p := range append(paths.in(pattern, "parameters").items(), operation.in("parameters").items()...) {
				if p.text("in") == "path" {
					declared = append(declared, p.text("name"))
				}
			}
			for _, m := range placeholder.FindAllStringSubmatch(pattern, -1) {
				if !slices.Contains(declared, m[1]) {
					t.Errorf("%s %s: the parameter %s is not declared", method, pattern, m[1])
				}
			}
		}
	}
	for _, name := range d.find("#/components/schemas").names() {
		if err := d.find("#/components/schemas/" + name).check(nil); err != nil && !strings.Contains(err.Error(), "jsonschema validation failed") {
			t.Errorf("the schema %s: %v", name, err)
		}
	}
}

// Operations lists what the document describes, as "GET /incidents/{id}",
// sorted.
func (d *Document) Operations() []string {
	var out []string
	paths := d.find("#/paths")
	for _, pattern := range paths.names() {
		for _, method := range paths.in(pattern).names() {
			if method != "parameters" {
				out = append(out, strings.ToUpper(method)+" "+pattern)
			}
		}
	}
	slices.Sort(out)
	return out
}
