package editor

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/brand"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/rewrite"
)

// lookOf is the colour and the picture of a plan, as the form asks for them:
// the dark page's colour is empty where it follows from the other one.
func lookOf(c comms.Catalogue) answers {
	out := answers{"accent": "", "accent_dark": "", "logo": ""}
	if c.Accent != nil {
		out["accent"] = c.Accent.Light
		if light, _ := brand.ParseColour(c.Accent.Light); derived(light) != c.Accent.Dark {
			out["accent_dark"] = c.Accent.Dark
		}
	}
	if c.Logo != nil {
		out["logo"] = c.Logo.Path()
	}
	return out
}

// derived is the dark page's colour where the plan names none.
func derived(light brand.Colour) string {
	_, dark := brand.Schemes()
	return dark.Nearest(light).String()
}

// writeLook puts the colour beside the texts of the page and the picture into
// a file of its own.
func writeLook(files []comms.PlanFile, before, now answers) ([]comms.PlanFile, error) {
	var bad comms.Refusals
	accent := accentField(asText(now["accent"]), asText(now["accent_dark"]), &bad)
	var packed *comms.PlanFile
	if text := asText(now["logo"]); text != "" && text != before["logo"] {
		f, err := unpacked(text)
		var r *comms.Refusal
		if asError(err, &r) {
			bad = append(bad, r)
		} else if err != nil {
			return nil, err
		}
		packed = &f
	}
	if len(bad) > 0 {
		return nil, bad
	}
	var err error
	if now["accent"] != before["accent"] || now["accent_dark"] != before["accent_dark"] {
		if files, err = rewrite.Set(files, nil, rewrite.Field{Key: "accent", Value: accent}); err != nil {
			return nil, err
		}
	}
	if now["logo"] == before["logo"] {
		return files, nil
	}
	files = slices.DeleteFunc(slices.Clone(files), func(f comms.PlanFile) bool { return f.Name == plan.LogoFile })
	if files, err = rewrite.Set(files, nil, rewrite.Field{Key: "logo"}); err != nil || packed == nil {
		return files, err
	}
	files = append(files, *packed)
	slices.SortFunc(files, func(a, b comms.PlanFile) int { return cmp.Compare(a.Name, b.Name) })
	return files, nil
}

func unpacked(text string) (comms.PlanFile, error) {
	picture, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return comms.PlanFile{}, comms.Refuse(comms.Invalid, "logo", "the picture did not arrive whole; choose it again")
	}
	return plan.PackLogo(picture)
}

// accentField is the plan's key: one colour, or one for each look of the page.
func accentField(light, dark string, bad *comms.Refusals) any {
	onLight, onDark := brand.Schemes()
	judge := func(field, text string, on brand.Scheme) string {
		c, ok := brand.ParseColour(text)
		if !ok {
			*bad = append(*bad, comms.Refuse(comms.Invalid, field, "%q is no colour; write it as #1f4fa3", text))
			return ""
		}
		var unreadable *brand.Unreadable
		if errors.As(on.Judge(c), &unreadable) {
			*bad = append(*bad, unreadable.Refusal(field))
		}
		return c.String()
	}
	switch {
	case light == "" && dark == "":
		return nil
	case light == "":
		*bad = append(*bad, comms.Refuse(comms.Invalid, "accent", "the dark page has a colour and the light one has none; write both, or neither"))
		return nil
	}
	light = judge("accent", light, onLight)
	if dark == "" {
		return light
	}
	return []rewrite.Field{{Key: "light", Value: light}, {Key: "dark", Value: judge("accent_dark", dark, onDark)}}
}

// inline is a picture as part of the page that shows it: what is only proposed
// has no address.
func inline(l *comms.Logo) template.URL {
	if l == nil {
		return ""
	}
	return template.URL("data:" + l.Type + ";base64," + base64.StdEncoding.EncodeToString(l.Data))
}

// pictureField asks for the picture. One that was chosen in a form that comes
// back need not be chosen again.
func (v *visit) pictureField(f field, p *plan.Plan, form url.Values) field {
	f.Kind, f.Picture, f.Note = "picture", inline(p.Catalogue.Logo), v.T("desk.edit.no_logo")
	if data, err := base64.StdEncoding.DecodeString(form.Get(f.Name)); err == nil && len(data) > 0 {
		if chosen, err := brand.ReadLogo(data); err == nil {
			f.Picture, f.Kept = inline(&chosen), base64.StdEncoding.EncodeToString(chosen.Data)
		}
	}
	return f
}

// lookChange shows what a new picture or colour looks like, on both looks of
// the page. What is not about these is not ok.
func (v *visit) lookChange(before, after *plan.Plan, c plan.Change) (change planChange, ok bool) {
	part := v.T("desk.part." + string(c.Part))
	if key, look, isAccent := strings.Cut(c.Path, "."); isAccent && key == "accent" {
		return planChange{Part: part, Path: v.T("desk.edit.field.accent") + " › " + v.T("desk.look."+look), Raw: c.Path, Text: brief(c.Before, c.After) + swatch(c.Before) + swatch(c.After)}, true
	}
	if c.Path != "logo.data" {
		return change, false
	}
	text := template.HTML("")
	if l := before.Catalogue.Logo; l != nil {
		text += "<del>" + v.pictured(l) + "</del> "
	}
	if l := after.Catalogue.Logo; l != nil {
		text += "<ins>" + v.pictured(l) + "</ins>"
	}
	return planChange{Part: part, Path: v.T("desk.edit.field.logo"), Raw: c.Path, Text: text}, true
}

func (v *visit) pictured(l *comms.Logo) template.HTML {
	said := v.T("desk.look.picture", "format", strings.ToUpper(strings.TrimPrefix(l.Type, "image/")), "width", l.Width, "height", l.Height, "bytes", len(l.Data), "digest", comms.DigestOf(l.Data).Short())
	src := template.HTMLEscapeString(string(inline(l)))
	return template.HTML(`<span class="pictures"><img class="on-light" src="` + src + `" alt=""><img class="on-dark" src="` + src + `" alt=""></span><span>` + template.HTMLEscapeString(said) + `</span>`)
}

// swatch is a patch of a colour; nothing for what is none.
func swatch(text string) template.HTML {
	c, ok := brand.ParseColour(text)
	if !ok {
		return ""
	}
	return template.HTML(fmt.Sprintf(` <svg class="swatch" width="24" height="24" aria-hidden="true"><rect width="24" height="24" fill="%s"/></svg>`, c))
}

// parts reads a form that brings a file: what the file holds comes out in
// base64, under the name of its field.
func (v *visit) parts() error {
	r := v.Request()
	broken := comms.Refuse(comms.Invalid, "", "%s", v.T("desk.error.form"))
	parts, err := r.MultipartReader()
	if err != nil {
		return broken
	}
	form := url.Values{}
	for n := 1; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		var text []byte
		if err == nil {
			text, err = io.ReadAll(part)
		}
		var tooBig *http.MaxBytesError
		switch {
		case asError(err, &tooBig):
			return err
		case err != nil:
			return broken
		case n > maxFields:
			return &tooMany{n}
		case part.FileName() == "":
			form.Add(part.FormName(), string(text))
		case len(text) > 0:
			form.Set(part.FormName(), base64.StdEncoding.EncodeToString(text))
		}
	}
	r.PostForm = form
	return nil
}
