package mail

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
)

// Notice is a mail to one of the desk's own people about an update.
type Notice struct {
	ID     comms.ID
	Kind   string   // "sign", "changes", "suggested", "kept", "parked", "published", "voided", "withdrawn", "held", "ended", "expiring", or a reminder: "remind", "stand_in", "everyone", "passed"; or about a handover: "handover", "handed", "declined", "taken_back", "taken"; or "rise", or "drill"
	Update comms.ID // what it is about
	Title  string   // a line that names the update
	By     string   // the name of the person who did it; "" for the service itself
	Reason string
	Digest comms.Digest // of the words that it is about; may be zero
	Roles  []string     // in which the reader may sign
	Head   signoff.Head // of the chain; the zero head is not printed
	At     time.Time
	// GoesOut is when customers get it once it is signed; zero for at once.
	GoesOut time.Time
	// Of a reminder: what has to be done ("write", "finish", "sign", "signer" or
	// "wait"), by when customers should hear, whether it is the report on what is
	// over that they should get, of which incident, and whether a holding
	// statement could be published for it now.
	Need     string
	Due      time.Time
	Report   bool
	Incident comms.ID
	Holding  bool
	// Handover is what it is about; "" for none.
	Handover comms.ID
	// Of a rise: the link's key, whether people said that they see trouble or
	// just came, how many in which time, and how many are usual.
	Rise    comms.ID
	Link    string
	Reports bool
	Count   int64
	Usual   float64
	Window  time.Duration
}

// reminder tells whether the notice reminds of a promise.
func (n Notice) reminder() bool {
	switch n.Kind {
	case "remind", "stand_in", "everyone", "passed":
		return true
	}
	return false
}

// Person is one of the desk's people as a mail needs to know them.
type Person struct {
	ID, Name, Address string
	Lang              comms.Lang
}

// notice is what the templates notice.html and notice.txt show.
type notice struct {
	Lang, Dir            string // the direction is "ltr" or "rtl"
	Subject, Hello, Lead string
	About                [][2]string // label, text
	Link, LinkText       string
	Holding              [3]string // what could go out at once, link, its text
	Head, HeadWhy        string
	Why                  string
}

// Notice writes the mail for one person.
func (c *Composer) Notice(n Notice, catalogue comms.Catalogue, to Person) (Mail, error) {
	switch n.Kind {
	case "sign", "changes", "suggested", "kept", "parked", "published", "voided", "withdrawn", "held", "ended", "expiring", "handover", "handed", "declined", "taken_back", "taken", "rise", "drill":
	default:
		if n.reminder() {
			break
		}
		return Mail{}, comms.Refuse(comms.Invalid, "kind", "there are no words for a notice of the kind %q", n.Kind)
	}
	lang := to.Lang
	if lang == "" {
		lang = catalogue.Source
	}
	words := c.words.For(lang)
	lang = words.Lang()
	title, by := oneLine(n.Title), oneLine(n.By)
	if by == "" {
		by = words.T("mail.notice.service")
	}
	v := notice{
		Lang:     string(lang),
		Dir:      words.Dir(),
		Subject:  words.T("mail.notice."+n.Kind+".subject", "title", title),
		Hello:    words.T("mail.notice.hello", "name", oneLine(to.Name)),
		Lead:     words.T("mail.notice."+n.Kind+n.lead(), "by", by, "time", words.Date(n.Due)+", "+words.Time(n.Due)),
		Link:     c.config.DeskURL + n.place(),
		LinkText: words.T("mail.notice." + n.Kind + ".link"),
		Why:      words.T("mail.notice.why", "organisation", catalogue.Organisation),
	}
	about := func(label, value string) {
		if value != "" {
			v.About = append(v.About, [2]string{words.T("mail.notice." + label), value})
		}
	}
	about("title", title)
	about("reason", visible(n.Reason))
	if n.Rise != "" {
		about("came", words.T("mail.notice.came."+came(n.Reports), "count", int(n.Count), "minutes", int(n.Window/time.Minute)))
		about("usual", words.T("mail.notice.usual_count", "count", int(math.Round(n.Usual))))
	}
	if n.Need != "" {
		about("need", words.T("mail.notice.need."+n.need()))
	}
	if n.Kind == "sign" || n.Need == "sign" {
		if !n.GoesOut.IsZero() {
			about("goes_out", words.Date(n.GoesOut)+", "+words.Time(n.GoesOut))
		}
		about("roles", oneLine(strings.Join(n.Roles, words.T("language.comma"))))
	}
	if n.Holding {
		v.Holding = [3]string{words.T("mail.notice.holding"), c.config.DeskURL + "/incidents/" + string(n.Incident) + "/holding", words.T("mail.notice.holding.link")}
	}
	if !n.Digest.IsZero() {
		about("digest", n.Digest.Short())
	}
	if n.Head.Number > 0 {
		v.Head, v.HeadWhy = n.Head.String(), words.T("mail.notice.head")
	}
	plain, html, err := c.fill("notice", v)
	if err != nil {
		return Mail{}, err
	}
	sender, _ := catalogue.Texts.Sender.In(lang, catalogue.Source)
	return compose(envelope{
		id:     fmt.Sprintf("n%s.%s@%s", n.ID, to.ID, c.host),
		thread: n.thread() + "@" + c.host,
		sender: sender, from: c.config.From, to: to.Address,
		subject: v.Subject, at: n.At, lang: lang,
	}, plain, html)
}

// lead is which words a notice of its kind begins with.
func (n Notice) lead() string {
	if n.Report && n.reminder() {
		return ".report"
	}
	return ".lead"
}

// need names the words for what has to be done.
func (n Notice) need() string {
	if n.Report && n.Need == "write" {
		return "report"
	}
	return n.Need
}

// thread is what a mail reader puts together.
func (n Notice) thread() string {
	if n.Rise != "" {
		return "r" + string(n.Rise)
	}
	if n.Handover != "" {
		return "h" + string(n.Handover)
	}
	if n.Kind == "drill" {
		return "drills"
	}
	return "u" + string(n.Update)
}

func came(reports bool) string {
	if reports {
		return "reports"
	}
	return "visits"
}

// place is where at the desk the reader acts.
func (n Notice) place() string {
	if n.Rise != "" {
		return "/links/" + n.Link
	}
	if n.Handover != "" {
		return "/handovers/" + string(n.Handover)
	}
	if n.Kind == "drill" {
		return "/plan#drills"
	}
	if n.Need == "write" {
		return "/incidents/" + string(n.Incident)
	}
	return "/updates/" + string(n.Update)
}

// oneLine makes a title that nobody has signed yet fit for a subject.
func oneLine(s string) string { return strings.Join(strings.Fields(visible(s)), " ") }

// visible leaves out what a reader would not see but be misled by: control
// characters except line breaks, and those that turn the writing's direction
// (Unicode Standard Annex 9).
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0x061C:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
