package page

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
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
	plain    bool   // it has one form, whatever coding is asked for
	forms    map[Encoding]func() Form
}

// Form is a document in one content coding.
type Form struct {
	ETag string // strong, with its quotes (RFC 9110 section 8.8.3)
	// Header has what describes these bytes: Content-Language, -Length,
	// -Encoding and ETag. It is made once; neither it nor its values are to be
	// changed.
	Header map[string][]string
	bytes  []byte
	packed bool // the bytes have to be unpacked
}

// Bytes are the form itself, not to be changed.
func (f Form) Bytes() []byte {
	if f.packed {
		return unzipped(f.bytes)
	}
	return f.bytes
}

// In returns the document in a coding. It is compressed once, for everybody
// who will ask for it; those of a snapshot when it is built.
func (d *Document) In(e Encoding) Form { return d.forms[e]() }

// size is about how many bytes of memory it takes once it is packed, in the two
// codings that it can be had in. One that is none, for a path that has none,
// takes a little room as well.
func (d *Document) size() int {
	switch {
	case d == nil:
		return leastSize
	case d.plain:
		return leastSize + len(d.In(Identity).bytes)
	}
	return leastSize + 2*len(d.In(Gzip).bytes)
}

const leastSize = 1 << 10

// newDocument makes a document of its plain bytes.
func newDocument(mediaType, lang string, plain []byte) *Document {
	sum := sha256.Sum256(plain)
	l := label{base64.RawURLEncoding.EncodeToString(sum[:12]), lang}
	identity := l.on(plain, Identity)
	return &Document{Type: mediaType, Language: lang, forms: map[Encoding]func() Form{
		Identity: func() Form { return identity },
		Gzip:     sync.OnceValue(func() Form { return l.on(zipped(plain), Gzip) }),
		Brotli:   sync.OnceValue(func() Form { return l.on(brotlied(plain), Brotli) }),
	}}
}

// packed is the same document in a fifth of the memory: whoever wants it plain,
// and few do, has it unpacked each time.
func (d *Document) packed() *Document {
	if d == nil || d.plain {
		return d
	}
	plain, small := d.In(Identity), d.In(Gzip)
	plain.bytes, plain.packed = small.bytes, true
	l := label{strings.Trim(plain.ETag, `"`), d.Language}
	out := *d
	out.forms = map[Encoding]func() Form{
		Identity: func() Form { return plain },
		Gzip:     func() Form { return small },
		Brotli:   sync.OnceValue(func() Form { return l.on(brotlied(plain.Bytes()), Brotli) }),
	}
	return &out
}

// label is what all forms of a document have in common.
type label struct{ tag, lang string }

// on makes the form of these bytes, which are in a coding.
func (l label) on(coded []byte, e Encoding) Form {
	f := Form{bytes: coded, ETag: `"` + l.tag + suffixes[e] + `"`}
	f.Header = map[string][]string{"Content-Length": {strconv.Itoa(len(coded))}, "Etag": {f.ETag}}
	if l.lang != "" {
		f.Header["Content-Language"] = []string{l.lang}
	}
	if e != Identity {
		f.Header["Content-Encoding"] = []string{string(e)}
	}
	return f
}

// suffixes tell the forms of a document apart in their tags: other bytes, other
// tag.
var suffixes = map[Encoding]string{Gzip: "-gz", Brotli: "-br"}

// asItIs is the document in one form, whatever coding is asked for: one whose
// bytes are compressed already, or that is made for a single request, and small.
func (d *Document) asItIs() *Document {
	plain := d.forms[Identity]
	return &Document{Type: d.Type, Language: d.Language, plain: true, forms: map[Encoding]func() Form{Identity: plain, Gzip: plain, Brotli: plain}}
}
