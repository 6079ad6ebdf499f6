package language_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/language"
)

const calendar = `"language.direction":"ltr","language.months":"January February March April May June July August September October November December",
"language.months_short":"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
"language.weekdays":"Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
"language.weekdays_short":"Sun Mon Tue Wed Thu Fri Sat",
"language.time":"{{.clock}} UTC","language.date_time":"{{.day}} {{.short_month}}, {{.clock}} UTC",
"language.date":"{{.weekday}} {{.day}} {{.month}}","language.day":"{{.short_weekday}} {{.day}} {{.short_month}}",
"language.month":"{{.month}} {{.year}}"`

func files(extra map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{"messages/language.en.json": {Data: []byte("{" + calendar + "}")}}
	for name, text := range extra {
		fsys["messages/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestPrinterFillsGapsAndPlurals(t *testing.T) {
	c, err := language.New(files(map[string]string{
		"desk.en.json": `{"desk.saved_at":"Saved at {{.time}}","desk.left":{"one":"{{.count}} signature","other":"{{.count}} signatures"}}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	p := c.For("en")
	at := time.Date(2026, 11, 22, 14, 32, 0, 0, time.FixedZone("", 3600))
	for _, test := range []struct{ got, want string }{
		{p.T("desk.saved_at", "time", "14:05 UTC"), "Saved at 14:05 UTC"},
		{p.T("desk.left", "count", 1), "1 signature"},
		{p.T("desk.left", "count", 3), "3 signatures"},
		{p.T("desk.unknown"), "desk.unknown"},
		{p.Time(at), "13:32 UTC"},
		{p.DateTime(at), "22 Nov, 13:32 UTC"},
		{p.Date(at), "Sunday 22 November"},
		{p.Day(at), "Sun 22 Nov"},
		{p.Month(at), "November 2026"},
		{string(c.For("de-AT").Lang()), "en"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestNewRefusesWhatIsNotComplete(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a language lacks an identifier": {map[string]string{
			"desk.en.json": `{"desk.a":"A","desk.b":"B"}`, "desk.es.json": `{"desk.a":"A"}`, "language.es.json": "{" + calendar + "}",
		}, `messages/desk.es.json lacks "desk.b"`},
		"a face lacks a language":                    {map[string]string{"desk.es.json": `{"desk.a":"A"}`, "language.es.json": "{" + calendar + "}"}, `messages/desk.en.json lacks "desk.a"`},
		"a foreign prefix":                           {map[string]string{"desk.en.json": `{"mail.a":"A"}`}, `must begin with "desk."`},
		"no JSON":                                    {map[string]string{"desk.en.json": `{`}, "not a message catalogue"},
		"a name of another form":                     {map[string]string{"desk.json": `{}`}, "FACE.LANG.json"},
		"a language of one file lacks an identifier": {map[string]string{"desk.en.json": `{"desk.a":"A"}`, "pl.json": "{" + calendar + "}"}, `messages/pl.json lacks "desk.a"`},
		"refusals that are no object":                {map[string]string{"pl.json": "{" + calendar + `,"refusals":[1]}`}, "messages/pl.json is not a message catalogue: refusals"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := language.New(files(test.files))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestDigestNamesTheWords(t *testing.T) {
	digest := func(text string) comms.Digest {
		c, err := language.New(files(map[string]string{"desk.en.json": `{"desk.a":"` + text + `"}`}))
		if err != nil {
			t.Fatal(err)
		}
		return c.Digest()
	}
	a, again := digest("A"), digest("A")
	if a == digest("B") || a != again || a.IsZero() {
		t.Fatal("the digest must change with the words and with nothing else")
	}
}

// TestALanguageIsOneFile: numbers, dates, direction and what is refused come
// from the one file that brings a language.
func TestALanguageIsOneFile(t *testing.T) {
	arabic := strings.Replace(strings.Replace(calendar, "ltr", "rtl", 1), "January February", "كانون الثاني | شباط", 1)
	arabic = strings.NewReplacer(" March", " | آذار", " April", "|نيسان", " May", "|أيار", " June", "|حزيران", " July", "|تموز", " August", "|آب", " September", "|أيلول", " October", "|تشرين الأول", " November", "|تشرين الثاني", " December", "|كانون الأول").Replace(arabic)
	c, err := language.New(files(map[string]string{
		"desk.en.json": `{"desk.left":{"one":"{{.count}} signature","other":"{{.count}} signatures"}}`,
		"ar.json": "{" + arabic + `,"desk.left":{"zero":"لا توقيع","one":"توقيع واحد","two":"توقيعان","few":"{{.count}} تواقيع","many":"{{.count}} توقيعا","other":"{{.count}} توقيع"},
			"refusals":{"there is no %s":"لا يوجد %s"}}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	p := c.For("ar-EG")
	for _, test := range []struct{ got, want string }{
		{p.T("desk.left", "count", 2), "توقيعان"}, {p.T("desk.left", "count", 3), "3 تواقيع"}, {p.T("desk.left", "count", 11), "11 توقيعا"},
		{p.Month(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)), "تشرين الثاني 2026"}, {p.Dir(), "rtl"}, {c.For("en").Dir(), "ltr"},
		{p.Refusal(comms.Refuse(comms.NotFound, "", "there is no %s", "x")), "لا يوجد x"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}
