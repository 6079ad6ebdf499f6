package editor

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/auth"
)

// maxBody bounds what one form may send, in bytes, and maxFields in how many
// fields: a plan of three hundred files is far below both.
const (
	maxBody   = 1 << 20
	maxFields = 1000
)

// bounded refuses bodies above maxBody once they are read.
func bounded(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxBody)
		return next(c)
	}
}

// policy allows what this face is made of: its own style, script and icons.
// Nothing is inline, and nothing comes from elsewhere.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func (e *Editor) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // stricter ones blank the Origin of our own forms
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		return next(c)
	}
}

// sameOrigin refuses forms that another site sends with a person's session,
// and those that do not say where they come from.
func (e *Editor) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := auth.SameOrigin(c.Request()); err != nil {
			return err
		}
		return next(c)
	}
}

// resumed reads the session of each request.
func (e *Editor) resumed(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, err := e.c.Auth.Resume(c.Request())
		if err != nil {
			return err
		}
		c.SetRequest(r)
		return next(c)
	}
}

// recovered turns a panic of a handler into an error of that request alone.
func (e *Editor) recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				if r == http.ErrAbortHandler {
					panic(r)
				}
				err = fmt.Errorf("a handler of the desk panicked: %v\n%s", r, debug.Stack())
			}
		}()
		return next(c)
	}
}

// addressOf believes X-Forwarded-For from the given proxies alone.
func addressOf(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		bits := 128
		if p.Addr().Is4() {
			bits = 32
		}
		trust = append(trust, echo.TrustIPRange(&net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), bits)}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

// from is the address that a request counts against.
func (v *visit) from() netip.Addr {
	addr, err := netip.ParseAddr(v.RealIP())
	if err != nil {
		return netip.IPv6Unspecified()
	}
	return addr
}

// tooMany is a form of more fields than any page of the desk has.
type tooMany struct{ fields int }

func (t *tooMany) Error() string { return fmt.Sprintf("this form has %d fields", t.fields) }

// form reads the posted fields. They are counted before they are taken apart,
// which costs many times their length.
func (v *visit) form() error {
	r := v.Request()
	if r.PostForm != nil {
		return nil
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return v.parts()
	}
	body, err := io.ReadAll(r.Body)
	var tooBig *http.MaxBytesError
	if asError(err, &tooBig) {
		return err
	}
	if n := bytes.Count(body, []byte("&")) + 1; n > maxFields {
		return &tooMany{n}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil || r.ParseForm() != nil {
		return comms.Refuse(comms.Invalid, "", "%s", v.T("desk.error.form"))
	}
	return nil
}

// logWriter hands what the router prints to the log.
type logWriter struct{ log *slog.Logger }

func (w logWriter) Write(b []byte) (int, error) {
	w.log.Warn("router", "says", string(bytes.TrimSpace(b)))
	return len(b), nil
}
