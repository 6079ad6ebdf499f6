package auth

import "net/http"

// Foreign is a request that another site may have sent with a person's
// session, or that does not say where it comes from.
type Foreign struct{ cause error }

func (f *Foreign) Error() string { return "this request was not sent from this desk" }

func (f *Foreign) Unwrap() error { return f.cause }

// SameOrigin refuses requests with *Foreign that would change something and
// were not sent from this desk, by Origin and Sec-Fetch-Site. A program with a
// token has no session that could be misused.
func SameOrigin(r *http.Request) error {
	switch {
	case r.Method == http.MethodGet, r.Method == http.MethodHead, r.Method == http.MethodOptions:
		return nil
	case r.Header.Get("Authorization") != "":
		return nil
	}
	silent := r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == ""
	if err := http.NewCrossOriginProtection().Check(r); err != nil || silent {
		return &Foreign{err}
	}
	return nil
}
