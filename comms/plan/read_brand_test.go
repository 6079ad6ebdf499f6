package plan

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/countersign/countersign/comms"
)

func picture(t testing.TB, w, h int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewNRGBA(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withKeys puts keys on top of the built-in catalogue.
func withKeys(t testing.TB, keys string) []comms.PlanFile {
	return edited(t, "catalogue.yaml", "texts:\n", keys+"\ntexts:\n")
}

func TestAccent(t *testing.T) {
	for _, c := range []struct{ yaml, light, dark, says, fix string }{
		{`accent: "#1f4fa3"`, "#1f4fa3", "#578be4", "", ""},
		{`accent: "#05A"`, "#0055aa", "#458de7", "", ""},
		{`accent: { light: "#1f4fa3", dark: "#8fb4ff" }`, "#1f4fa3", "#8fb4ff", "", ""},
		{`accent: #1f4fa3`, "", "", "accent is empty", `put the colour in quotes`},
		{`accent: blue`, "", "", `"blue" is no colour`, `write it as "#1f4fa3"`},
		{`accent: "#ffd500"`, "", "", "has a contrast of 1.23 to 1 on the light page (#fcebe9), and words in it need 4.50 to 1; the nearest that passes is #816b00", `write "#816b00", or another one`},
		{`accent: { light: "#1f4fa3", dark: "#1f4fa3" }`, "", "", "on the dark page", `or another one`},
		{`accent: { light: "#1f4fa3" }`, "", "", "accent has no dark", "add the key dark"},
		{`accent: [1]`, "", "", "accent is not text", ""},
	} {
		p, err := Read(withKeys(t, c.yaml))
		if c.says == "" {
			if err != nil {
				t.Errorf("%s: %v", c.yaml, err)
			} else if got := p.Catalogue.Accent; got.Light != c.light || got.Dark != c.dark {
				t.Errorf("%s: got %+v", c.yaml, *got)
			}
			continue
		}
		ps := problemsOf(err)
		if len(ps) != 1 || !strings.Contains(ps[0].Text.String(), c.says) || !strings.Contains(ps[0].Fix.String(), c.fix) || ps[0].File != "catalogue.yaml" {
			t.Errorf("%s: got %v, want %q", c.yaml, ps, c.says)
		}
	}
}

func TestLogoLiesBesideTheFilesOrInThem(t *testing.T) {
	file := picture(t, 120, 40)
	packed := base64.StdEncoding.EncodeToString(file)
	folder := fstest.MapFS{"plan/logo.png": {Data: file}}
	for _, f := range Builtin() {
		folder["plan/"+f.Name] = &fstest.MapFile{Data: []byte(f.Text)}
	}
	files, err := Load(folder, "plan")
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string][]comms.PlanFile{
		"beside the files": files,
		"in the files":     withKeys(t, "logo: "+packed),
		"as browsers copy": withKeys(t, "logo: data:image/png;base64,"+packed),
		"in lines":         withKeys(t, "logo: |\n  "+packed[:40]+"\n  "+packed[40:]),
	} {
		p, err := Read(files)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if l := p.Catalogue.Logo; l == nil || !bytes.Equal(l.Data, file) || l.Width != 120 {
			t.Errorf("%s: got %+v", name, l)
		}
		if got := Changed(read1(t, Builtin()), p); !slices.Equal(got, []Part{PartCatalogue}) {
			t.Errorf("%s: changed %v, want the catalogue alone", name, got)
		}
	}
	folder["plan/logo.webp"] = &fstest.MapFile{Data: file}
	if _, err := Load(folder, "plan"); err == nil || !strings.Contains(err.Error(), "two logos, logo.png and logo.webp") {
		t.Errorf("two pictures: %v", err)
	}
	delete(folder, "plan/logo.webp")
	folder["plan/logo.png"] = &fstest.MapFile{Data: []byte("<svg></svg>")}
	if _, err := Load(folder, "plan"); err == nil || !strings.Contains(err.Error(), "logo.png cannot be the logo: logo: this is an SVG drawing") {
		t.Errorf("an SVG drawing: %v", err)
	}
}

func TestLogoThatIsNoPicture(t *testing.T) {
	for yaml, says := range map[string]string{
		"logo: not base64!": "the logo is not written in base64",
		"logo: aGVsbG8=":    "the logo cannot be shown: this is no picture that can be read here; save the logo as PNG or WebP",
		"logo: " + base64.StdEncoding.EncodeToString(picture(t, 2000, 2000)): "is 2000 by 2000 pixels",
		`logo: ""`: "logo is empty",
	} {
		_, err := Read(withKeys(t, yaml))
		if ps := problemsOf(err); len(ps) != 1 || !strings.Contains(ps[0].Text.String(), says) {
			t.Errorf("%.40s: got %v, want %q", yaml, ps, says)
		}
	}
}
