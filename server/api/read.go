package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
)

// unreadable is a body that is not JSON, or not of a type that is read here.
type unreadable struct {
	kind kind
	said *comms.Refusal
}

func (u *unreadable) Error() string { return u.said.Text }

func damaged(said comms.Phrase) error {
	return &unreadable{malformed, &comms.Refusal{Text: said.String(), Phrase: said}}
}

// bytes reads the body, nil if there is none. It must say that it is JSON.
func (v *visit) bytes() ([]byte, error) {
	r := v.Request()
	body, err := io.ReadAll(r.Body)
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return nil, err
	case err != nil:
		return nil, damaged(comms.Say("the body did not arrive whole; send it again"))
	case len(bytes.TrimSpace(body)) == 0:
		return nil, nil
	}
	if is, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); err != nil || is != echo.MIMEApplicationJSON {
		return nil, &unreadable{mediaType, comms.Refuse(comms.Invalid, "", "this address reads JSON; send it with the header Content-Type: application/json")}
	}
	if !utf8.Valid(body) {
		at := 0
		for rest := body; len(rest) > 0; {
			c, size := utf8.DecodeRune(rest)
			if c == utf8.RuneError && size == 1 {
				break
			}
			at, rest = at+size, rest[size:]
		}
		line, column := place(body, at)
		return nil, damaged(comms.Say("line %d, column %d: this is not valid UTF-8; send the text as UTF-8", line, column))
	}
	return body, nil
}

// place is the line and column (in characters) of an offset, both from 1.
func place(body []byte, at int) (line, column int) {
	before := body[:min(at, len(body))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

// object is a JSON object whose members are read one by one. Everything that is
// wrong is collected, so that nobody mends one mistake a time; what was not
// asked for is refused at the end.
type object struct {
	at      string // JSON pointer (RFC 6901)
	members map[string]json.RawMessage
	known   []string
	bad     *comms.Refusals
}

// object reads the body as one JSON object; one is empty without a body if the
// route can do without.
func (v *visit) object(optional bool) (o *object, body []byte, err error) {
	if body, err = v.bytes(); err != nil {
		return nil, nil, err
	}
	o = &object{bad: new(comms.Refusals)}
	if body == nil {
		if !optional {
			return nil, nil, damaged(comms.Say("the body is empty; send one JSON object"))
		}
		return o, nil, nil
	}
	return o, body, o.parse(body)
}

func (o *object) parse(body []byte) error {
	var whole json.RawMessage
	if err := json.Unmarshal(body, &whole); err != nil {
		at, why := len(body), err.Error()
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			at = max(0, int(syntax.Offset)-1)
		}
		line, column := place(body, at)
		return damaged(comms.Say("line %d, column %d: this is not JSON: %s", line, column, why))
	}
	if !o.take(whole) {
		return o.wrong()
	}
	return nil
}

// take reads the members of a value that must be an object.
func (o *object) take(value json.RawMessage) bool {
	dec := json.NewDecoder(bytes.NewReader(value))
	if first, err := dec.Token(); err != nil || first != json.Delim('{') {
		o.refuse(o.at, "this must be a JSON object: {…}")
		return false
	}
	o.members = map[string]json.RawMessage{}
	for dec.More() {
		name, _ := dec.Token() // the whole value is valid JSON
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return false
		}
		key, _ := name.(string)
		if _, twice := o.members[key]; twice {
			o.refuse(o.pointer(key), "this member stands there twice; keep one")
		}
		o.members[key] = value
	}
	return true
}

func (o *object) pointer(name string) string {
	return o.at + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func (o *object) refuse(pointer, format string, args ...any) {
	*o.bad = append(*o.bad, comms.Refuse(comms.Invalid, pointer, format, args...))
}

// member finds a member that is there and not null.
func (o *object) member(name string) (json.RawMessage, bool) {
	o.known = append(o.known, name)
	value, ok := o.members[name]
	return value, ok && string(value) != "null"
}

// text reads a string, "" if it is not there.
func (o *object) text(name string) string {
	var s string
	if value, ok := o.member(name); ok && json.Unmarshal(value, &s) != nil {
		o.refuse(o.pointer(name), "this must be a string in quotes")
	}
	return s
}

// moment reads a time, as drafts keep it.
func (o *object) moment(name string) string {
	s := o.text(name)
	if s == "" {
		return ""
	}
	t, err := draft.ParseTime(s)
	if err != nil {
		o.refuse(o.pointer(name), "%q is not a time: write it as 2026-11-23T15:00:00Z", s)
		return s
	}
	return draft.FormatTime(t)
}

// number reads a whole number, 0 if it is not there.
func (o *object) number(name string) int {
	var n int
	if value, ok := o.member(name); ok && json.Unmarshal(value, &n) != nil {
		o.refuse(o.pointer(name), "this must be a whole number")
	}
	return n
}

// texts reads a list of strings.
func (o *object) texts(name string) []string {
	var list []string
	if value, ok := o.member(name); ok && json.Unmarshal(value, &list) != nil {
		o.refuse(o.pointer(name), "this must be a list of strings: [\"…\"]")
	}
	return list
}

// object reads an object; one without members if it is not there.
func (o *object) object(name string) *object {
	in := &object{at: o.pointer(name), bad: o.bad}
	if value, ok := o.member(name); ok {
		in.take(value)
	}
	return in
}

// names lists the members of an object whose members can have any name.
func (o *object) names() []string {
	out := make([]string, 0, len(o.members))
	for name := range o.members {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// end refuses what nobody asked for, and everything that was wrong.
func (o *object) end() error {
	for _, name := range o.names() {
		if !slices.Contains(o.known, name) {
			o.refuse(o.pointer(name), "nothing here is called %q; the members are %s", name, strings.Join(o.known, ", "))
		}
	}
	return o.wrong()
}

// wrong is everything that is wrong so far, nil if nothing is.
func (o *object) wrong() error {
	if len(*o.bad) == 0 {
		return nil
	}
	return *o.bad
}
