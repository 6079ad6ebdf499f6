package page

import (
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
)

// noticeView is a page in frame words alone.
type noticeView struct {
	frame
	Heading    string
	Paragraphs []string
	Links      []linkView
	Sections   []sectionView
	List       []string
	Form       *formView
	ShowNow    bool
}

// sectionView is a part of the page with an address of its own on it.
type sectionView struct {
	ID, Heading string
	Paragraphs  []string
}

// formView is a button, and what it says to the program.
type formView struct{ Action, Name, Value, Button string }

// Leaving is a step of the way out of the mails.
type Leaving string

// The steps: being out, a link that is of nobody, and a form that does not say
// what it wants.
const (
	LeaveDone    Leaving = "done"
	LeaveUnknown Leaving = "unknown"
	LeaveWrong   Leaving = "wrong"
)

// Trouble returns the page for a status of HTTP that is none of success, with
// the current state on it. A status without words of its own gets those of 500.
func (s *Snapshot) Trouble(lang comms.Lang, status int) (*Document, error) {
	lang = s.known(lang)
	id := troubleID(status)
	return s.builder.memory.get(fmt.Sprint(lang, id, " ", s.facts.head(), s.now.UnixMicro()), func() (*Document, error) {
		return s.notice(lang, "/", id, id+"_text")
	})
}

// troubleID names the words for a status.
func troubleID(status int) string {
	if !slices.Contains([]int{400, 404, 405, 413, 414, 500, 501, 503}, status) {
		status = 500
	}
	return fmt.Sprintf("public.error.%d", status)
}

// Missing returns the page for a path at which nothing was published, with the
// current state and a way on. It depends on the kind of path alone: what was
// never known and what is not signed look the same.
func (s *Snapshot) Missing(lang comms.Lang, path string) (*Document, error) {
	kind, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if s.facts.catalogue == nil || kind != "history" && kind != "components" && kind != "days" {
		return s.Trouble(lang, 404)
	}
	if kind == "components" && slices.Contains(feedFiles, rest[strings.LastIndex(rest, "/")+1:]) {
		kind = "feed"
	}
	lang = s.known(lang)
	return s.builder.memory.get(fmt.Sprint(lang, "missing ", kind, " ", s.facts.head(), " ", s.now.UnixMicro()), func() (*Document, error) {
		v := s.noticeView(lang, "/", "public.error.404", "")
		switch kind {
		case "history":
			months := s.months()
			first, last := v.p.Month(months[len(months)-1].start), v.p.Month(months[0].start)
			v.Paragraphs = []string{v.T("public.error.404_history", "first", first, "last", last)}
			if first == last {
				v.Paragraphs = []string{v.T("public.error.404_month", "month", first)}
			}
			v.Links = []linkView{{v.Prefix + "/history", v.T("public.error.404_history_link")}}
		case "days":
			v.Paragraphs = []string{v.T("public.error.404_day", "first", v.whole(s.facts.since), "last", v.whole(s.now))}
			v.Links = []linkView{{v.Prefix + dayPath(s.now), v.T("public.error.404_day_link")}, {v.Prefix + "/history", v.T("public.error.404_history_link")}}
		case "feed":
			v.Paragraphs = []string{v.T("public.error.404_feed")}
			v.Links = []linkView{
				{v.Prefix + "/feed.atom", v.T("public.feed_name")}, {v.Prefix + "/feed.rss", v.T("public.feed_rss")},
				{v.Prefix + "/feed.json", v.T("public.feed_json")}, {v.Prefix + "/calendar.ics", v.T("public.calendar_name")},
			}
		default:
			v.Paragraphs = []string{v.T("public.error.404_component")}
			v.Links = []linkView{{v.Prefix + "/#c", v.T("public.error.404_component_link")}}
		}
		return s.builder.execute("notice", v.frame, v)
	})
}

// Leave returns the page of a step of leaving the mails.
func (s *Snapshot) Leave(lang comms.Lang, step Leaving) (*Document, error) {
	lang = s.known(lang)
	return s.builder.memory.get(fmt.Sprint(lang, "leave ", step, s.facts.plan), func() (*Document, error) {
		id := "public.leave." + string(step)
		v := s.noticeView(lang, "/", id, id+"_text")
		v.Private, v.ShowNow = true, false
		return s.builder.execute("notice", v.frame, v)
	})
}

func (s *Snapshot) notice(lang comms.Lang, path, heading, text string) (*Document, error) {
	v := s.noticeView(lang, path, heading, text)
	return s.builder.execute("notice", v.frame, v)
}

func (s *Snapshot) noticeView(lang comms.Lang, path, heading, text string) noticeView {
	v := noticeView{frame: s.frame(lang, path)}
	v.OEmbed, v.Share, v.Renews = "", nil, false // it is not the page of this path
	v.Heading = v.T(heading)
	v.PageTitle = v.Heading + " · " + v.Site.S
	v.ShowNow = v.Published
	if text != "" {
		v.Paragraphs = []string{v.T(text)}
	}
	return v
}

// known is the language if the page has it, else the source.
func (s *Snapshot) known(lang comms.Lang) comms.Lang {
	if slices.Contains(s.languages, lang) {
		return lang
	}
	return s.source
}
