package editor_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/countersign/countersign/server/page/pagetest"
)

// look sends the form of the logo and the colour, with a file unless it is nil.
func (b *browser) look(draft, was string, file []byte, kv ...string) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i, all := 0, append([]string{"do", "save", "entry", "look", "draft", draft, "was", was}, kv...); i+1 < len(all); i += 2 {
		must(b.t, w.WriteField(all[i], all[i+1]))
	}
	part, err := w.CreateFormFile("logo", map[bool]string{true: "", false: "logo.png"}[file == nil])
	must(b.t, err)
	_, err = part.Write(file)
	must(b.t, err)
	must(b.t, w.Close())
	return b.do(http.MethodPost, "/plan/edit/look", body.String(), map[string]string{"Content-Type": w.FormDataContentType(), "Origin": b.server.URL, "Sec-Fetch-Site": "same-origin"})
}

// TestTheLogoIsChosenAndSeenBySigners brings a picture and a colour, looks at
// what those see who sign, and takes the picture away again.
func TestTheLogoIsChosenAndSeenBySigners(t *testing.T) {
	in := install(t, "ines", "omar", "lucia", "ada")
	omar, picture := in.as("omar"), pagetest.Picture(t, 160, 40)
	was, body := omar.formOf("look", "", "look")
	if !strings.Contains(body, `enctype="multipart/form-data"`) {
		t.Fatalf("the form takes no file:\n%s", body)
	}
	got := omar.look("", was, picture, "accent", "#ffd500", "accent_dark", "")
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "the nearest that passes is #816b00") || !strings.Contains(got.body, `value="#ffd500"`) {
		t.Fatalf("an unreadable colour: %d\n%s", got.status, words(got.body))
	}
	kept := base64.StdEncoding.EncodeToString(picture)
	if !strings.Contains(got.body, `<input type="hidden" name="logo" value="`+strings.ReplaceAll(kept, "+", "&#43;")+`">`) {
		t.Error("the picture that was chosen has to be chosen again")
	}
	for what, file := range map[string][]byte{"is an SVG drawing, which can hold scripts": []byte("<svg></svg>"), "cut short or broken": picture[:60], "More than 1 MB were sent": make([]byte, 2<<20)} {
		if got := omar.look("", was, file, "accent", "#7a1f5c"); got.status < 400 || got.status >= 500 || !strings.Contains(got.body, what) {
			t.Errorf("%s: %d\n%s", what, got.status, words(got.body))
		}
	}
	draft := omar.draftOf(omar.look("", was, nil, "accent", "#7a1f5c", "accent_dark", "", "logo", kept))
	got = omar.get("/updates/" + draft)
	if strings.Contains(got.body, kept[:60]+"\n") || !strings.Contains(got.body, `href="/plan/edit/look"`) {
		t.Error("the plan's form shows the picture as a text")
	}
	form := url.Values{"base": {hidden(t, got.body, "base")}, "summary": {"Our look"}}
	if got := omar.post("/updates/"+draft+"/submit", form); got.status != http.StatusSeeOther {
		t.Fatalf("submit: %d\n%s", got.status, words(got.body))
	}
	signer := in.as("ines").get("/updates/" + draft)
	for _, want := range []string{"data:image/png;base64,", `class="on-dark"`, "PNG, 160 × 40 pixels", `fill="#7a1f5c"`, "Colour of links and buttons › light page"} {
		if !strings.Contains(signer.body, want) {
			t.Errorf("those who sign do not see %q:\n%s", want, words(signer.body))
		}
	}
	in.signPlan(draft, "ines", "lucia", "ada")
	p, _, err := in.desk.Plan(context.Background())
	must(t, err)
	if c := p.Catalogue; c.Logo == nil || !bytes.Equal(c.Logo.Data, picture) || c.Accent == nil || c.Accent.Light != "#7a1f5c" {
		t.Fatalf("in force are %+v and %+v", c.Logo, c.Accent)
	}
	was, _ = omar.formOf("look", "", "look")
	draft = omar.draftOf(omar.look("", was, nil, "accent", "#7a1f5c", "accent_dark", "", "logo.remove", "yes"))
	for _, f := range in.filesOf(draft) {
		if strings.Contains(f[1], "logo:") {
			t.Errorf("the picture is still in %s", f[0])
		}
	}
}
