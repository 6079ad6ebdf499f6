package page

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"sync"
)

// Encoding names a content coding of RFC 9110 section 8.4.1.
type Encoding string

// The content codings in which every document can be had.
const (
	Identity Encoding = ""
	Gzip     Encoding = "gzip"
	Brotli   Encoding = "br"
)

// Document is one page, ready to be sent. It never changes.
type Document struct {
	Type     string // media type with its charset
	Language string // BCP 47, for Content-Language
	forms    map[Encoding]func() Form
}

// Form is a document in one content coding.
type Form struct {
	Bytes []byte // not to be changed
	ETag  string // strong, with its quotes (RFC 9110 section 8.8.3)
	// Header has what describes these bytes: Content-Language, -Length,
	// -Encoding and ETag. It is made once; neither it nor its values are to be
	// changed.
	Header map[string][]string
}

// In returns the document in a coding. It is compressed once, for everybody
// who will ask for it; those of a snapshot when it is built.
func (d *Document) In(e Encoding) Form { return d.forms[e]() }

// size is how many bytes it has before it is compressed. One that is none, for
// a path that has none, takes a little room as well.
func (d *Document) size() int {
	if d == nil {
		return leastSize
	}
	return leastSize + len(d.In(Identity).Bytes)
}

const leastSize = 1 << 10

// compress makes every coding, so that no request has to wait for one.
func (d *Document) compress() {
	for _, form := range d.forms {
		form()
	}
}

// newDocument makes a document of its plain bytes.
func newDocument(mediaType, lang string, plain []byte) *Document {
	sum := sha256.Sum256(plain)
	tag := base64.RawURLEncoding.EncodeToString(sum[:12])
	form := func(e Encoding, suffix string, coded []byte) Form {
		f := Form{Bytes: coded, ETag: `"` + tag + suffix + `"`}
		f.Header = map[string][]string{"Content-Length": {strconv.Itoa(len(coded))}, "Etag": {f.ETag}}
		if lang != "" {
			f.Header["Content-Language"] = []string{lang}
		}
		if e != Identity {
			f.Header["Content-Encoding"] = []string{string(e)}
		}
		return f
	}
	identity := form(Identity, "", plain)
	packed := func(e Encoding, suffix string, pack func([]byte) []byte) func() Form {
		return sync.OnceValue(func() Form { return form(e, suffix, pack(plain)) })
	}
	return &Document{Type: mediaType, Language: lang, forms: map[Encoding]func() Form{
		Identity: func() Form { return identity },
		Gzip:     packed(Gzip, "-gz", zipped),
		Brotli:   packed(Brotli, "-br", brotlied),
	}}
}

// newPicture is a document whose bytes are compressed already: every coding is
// none.
func newPicture(mediaType string, data []byte) *Document {
	plain := newDocument(mediaType, "", data).forms[Identity]
	return &Document{Type: mediaType, forms: map[Encoding]func() Form{Identity: plain, Gzip: plain, Brotli: plain}}
}
