package page

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/statuspage"
)

// incidentData is the path of an incident for programs; work is under it too.
func incidentData(id comms.ID) string { return "/incidents/" + string(id) + ".json" }

// prepare readies what programs read in a language. It is made when somebody
// asks for it first, once for a snapshot: programs may wait where people who
// read of trouble must not.
func (s *Snapshot) prepare(lang comms.Lang) {
	s.views[lang] = sync.OnceValues(func() (*statuspage.View, error) {
		record, err := s.programs()
		if err != nil {
			return nil, err
		}
		return record.In(lang, s.builder.cat.For(lang)), nil
	})
	for _, path := range statuspage.Paths() {
		s.lists[key{lang, path}] = sync.OnceValues(func() (*Document, error) { return s.programData(lang, path) })
	}
}

// program finds or makes a document of the interface that other status pages
// taught programs; nil when the path has none.
func (s *Snapshot) program(lang comms.Lang, path string) (*Document, error) {
	if list := s.lists[key{lang, path}]; list != nil {
		return list()
	}
	if path == "/history.json" {
		return s.HistoryData(lang, 1)
	}
	id := strings.TrimSuffix(strings.TrimPrefix(path, "/incidents/"), ".json")
	if s.facts.known(comms.ID(id)) == nil || path != incidentData(comms.ID(id)) {
		return nil, nil
	}
	return s.builder.memory.get(fmt.Sprint(lang, path, " ", s.facts.head()), func() (*Document, error) { return s.programData(lang, path) })
}

func (s *Snapshot) programData(lang comms.Lang, path string) (*Document, error) {
	view, err := s.views[lang]()
	if err != nil {
		return nil, err
	}
	text, media, err := view.Document(path)
	if err != nil || text == nil {
		return nil, err
	}
	return newDocument(media, string(lang), text), nil
}

// HistoryData returns a page of the history for programs, from 1 on; nil before
// the first publication. All pages beyond the last are the same.
func (s *Snapshot) HistoryData(lang comms.Lang, number int) (*Document, error) {
	if s.facts.catalogue == nil {
		return nil, nil
	}
	lang = s.known(lang)
	record, err := s.programs()
	if err != nil {
		return nil, err
	}
	number = min(max(1, number), record.HistoryPages(s.now)+1)
	return s.remember(lang, fmt.Sprint("/history.json ", number), func() (*Document, error) {
		view, err := s.views[lang]()
		if err != nil {
			return nil, err
		}
		text, err := view.History(number, s.now)
		if err != nil {
			return nil, err
		}
		return newDocument("application/json; charset=utf-8", string(lang), text), nil
	})
}

// Moved is where what lies at a path of incidents is: programs know no other
// path for planned work. It is "" for everything that stays where it is, and
// for what was never published.
func (s *Snapshot) Moved(path string) string {
	i := s.facts.known(comms.ID(strings.TrimPrefix(path, "/incidents/")))
	if i == nil || i.kind != comms.KindMaintenance || path != "/incidents/"+string(i.id) {
		return ""
	}
	return address(i)
}

// problem is what a program reads when it is refused (RFC 9457), with the
// current state.
type problem struct {
	Type   string     `json:"type"`
	Title  string     `json:"title"`
	Status int        `json:"status"`
	Detail string     `json:"detail"`
	Now    *nowStated `json:"now,omitempty"` // missing before the first publication
}

// nowStated is how everything stands.
type nowStated struct {
	Status   comms.State `json:"status"`   // the worst that is said of a component
	Sentence string      `json:"sentence"` // as at the top of the page
	URL      string      `json:"url"`
}

// Problem returns what Trouble says, for programs. An address of oEmbed has
// words of its own for what it does not understand.
func (s *Snapshot) Problem(lang comms.Lang, status int, path string) (*Document, error) {
	lang = s.known(lang)
	id := troubleID(status)
	detail, file := id+"_text", path[strings.LastIndex(path, "/")+1:]
	switch {
	case path == "/oembed" && slices.Contains([]int{400, 404, 501}, status):
		detail = id + "_oembed"
	case status == 404 && strings.HasPrefix(path, "/components/") && slices.Contains(feedFiles, file):
		detail = id + "_feed_all"
	default:
		file = ""
	}
	return s.remember(lang, fmt.Sprint("problem ", status, detail, file), func() (*Document, error) {
		v := s.frame(lang, "/")
		said := v.T(detail, "url", strings.TrimSuffix(v.Canonical, "/")+"/"+file)
		text, err := json.Marshal(problem{"about:blank", v.T(id), status, said, v.stated(s.facts)})
		if err != nil {
			return nil, fmt.Errorf("encode a problem: %w", err)
		}
		return newDocument("application/problem+json", string(v.Lang), append(text, '\n')), nil
	})
}

func (v frame) stated(f *facts) *nowStated {
	if v.catalogue == nil {
		return nil
	}
	return &nowStated{f.worst(), v.Now.Sentence.S, v.catalogue.PageURL + v.Prefix + "/"}
}

// worst is the worst that is said of a component of the plan.
func (f *facts) worst() comms.State {
	worst, states := comms.Operational, f.current()
	for _, c := range f.catalogue.Components() {
		worst = comms.Worst(worst, states[c.ID])
	}
	return worst
}
