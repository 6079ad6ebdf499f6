package feed

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/gorilla/feeds"
)

// jsonFeed adds to the library's feed the language of entries, and items where
// there are none yet: the format demands them.
type jsonFeed struct {
	*feeds.JSONFeed
	Items []jsonItem `json:"items"`
}

type jsonItem struct {
	*feeds.JSONItem
	Language string `json:"language,omitempty"`
}

// JSON encodes the feed per JSON Feed 1.1.
func (f *Feed) JSON() ([]byte, error) {
	out := jsonFeed{JSONFeed: (&feeds.JSON{Feed: f.list}).JSONFeed(), Items: []jsonItem{}}
	out.Language, out.FeedUrl, out.UserComment = f.lang, f.self+".json", f.notice
	for n, item := range out.JSONFeed.Items {
		out.Items = append(out.Items, jsonItem{item, f.langs[n]})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(out); err != nil {
		return nil, fmt.Errorf("write the feed: %w", err)
	}
	return b.Bytes(), nil
}
