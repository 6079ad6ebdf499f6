package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms/draft"
)

// visitor is somebody at the desk with a browser that has no scripts.
type visitor struct {
	t        *testing.T
	client   *http.Client
	desk     string
	name     string
	password string
}

func newVisitor(t *testing.T, name, password string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, client: &http.Client{Jar: jar, Timeout: 20 * time.Second}, name: name, password: password}
}

// answer is a page after all redirects.
type answer struct {
	status int
	path   string
	body   string
}

func (v *visitor) get(path string) (answer, error) {
	res, err := v.client.Get(v.desk + path)
	return read(res, err)
}

func (v *visitor) post(path string, form url.Values) (answer, error) {
	req, err := http.NewRequest(http.MethodPost, v.desk+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", v.desk)
	res, err := v.client.Do(req)
	return read(res, err)
}

func read(res *http.Response, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return answer{status: res.StatusCode, path: res.Request.URL.Path, body: string(body)}, err
}

func (v *visitor) signIn() {
	v.t.Helper()
	a, err := v.post("/signin", url.Values{"person": {v.name}, "password": {v.password}})
	if err != nil || a.status != http.StatusOK || a.path != "/" {
		v.t.Fatalf("sign in as %s: %d %s %v", v.name, a.status, a.path, err)
	}
}

// writeAndSubmit opens an incident about a component, fills the first
// template and submits it. It gives the address of the update.
func (v *visitor) writeAndSubmit(component string) string {
	v.t.Helper()
	opened, err := v.post("/incidents/new", url.Values{"name": {component}, "severity": {"major"}, "claims." + component: {"major"}})
	if err != nil || !strings.HasPrefix(opened.path, "/updates/") {
		v.t.Fatalf("open an incident: %d %s %v\n%s", opened.status, opened.path, err, problems(opened.body))
	}
	form := url.Values{"base": {hidden(opened.body, "base")}, "slots.next_update": {draft.FormatTime(time.Now().Add(25 * time.Minute))}}
	for slot, text := range map[string]string{
		"headline": "Some customers cannot open " + component, "impact": "Customers in Europe cannot use this part of Northwind.",
		"who": "about one in five customers", "action_us": "looking at everything that changed before it",
		"action_customer": "You need not do anything",
	} {
		form.Set("slots.en."+slot, text)
	}
	submitted, err := v.post(opened.path+"/submit", form)
	if err != nil || submitted.status != http.StatusOK || submitted.path != opened.path {
		v.t.Fatalf("submit: %d %s %v\n%s", submitted.status, submitted.path, err, problems(submitted.body))
	}
	return opened.path
}

// sign signs what stands at the address; it tells whether the service said
// that it did.
func (v *visitor) sign(update string) (bool, error) {
	page, err := v.get(update)
	if err != nil {
		return false, err
	}
	digest := hidden(page.body, "digest")
	if digest == "" {
		return false, fmt.Errorf("%s: nothing to sign: %d\n%s", update, page.status, problems(page.body))
	}
	form := url.Values{"digest": {digest}, "requirement": {"0"}, "password": {v.password}, "languages": {"en"}}
	signed, err := v.post(update+"/sign", form)
	if err != nil {
		return false, err
	}
	if signed.status != http.StatusOK {
		return false, fmt.Errorf("sign %s: %d\n%s", update, signed.status, problems(signed.body))
	}
	return true, nil
}

// hidden finds the value of a hidden field.
func hidden(body, name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return m[1]
}

// problems is what a page complains of, for a test's own complaint.
func problems(body string) string {
	return strings.Join(regexp.MustCompile(`(?s)class="(?:problems|finding|error)[^"]*"[^>]*>.*?</(?:div|p)>`).FindAllString(body, -1), "\n")
}
