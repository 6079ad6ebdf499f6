package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// Encoding names a content coding of RFC 9110 section 8.4.1.
type Encoding string

// The content codings in which every document is held.
const (
	Identity Encoding = ""
	Gzip     Encoding = "gzip"
	Brotli   Encoding = "br"
)

// Document is one page, ready to be sent. It never changes.
type Document struct {
	Type     string // media type with its charset
	Language string // BCP 47, for Content-Language
	forms    map[Encoding]Form
}

// Form is a document in one content coding.
type Form struct {
	Bytes []byte // not to be changed
	ETag  string // strong, with its quotes (RFC 9110 section 8.8.3)
}

// In returns the document in a coding.
func (d *Document) In(e Encoding) Form { return d.forms[e] }

// newDocument compresses a page once, for everybody who will ask for it.
func newDocument(mediaType, lang string, plain []byte) (*Document, error) {
	d := &Document{Type: mediaType, Language: lang, forms: map[Encoding]Form{}}
	sum := sha256.Sum256(plain)
	tag := base64.RawURLEncoding.EncodeToString(sum[:12])
	d.forms[Identity] = Form{plain, `"` + tag + `"`}

	var zipped bytes.Buffer
	gz, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compress a page: %w", err)
	}
	if _, err := gz.Write(plain); err != nil {
		return nil, fmt.Errorf("compress a page: %w", err)
	}
	if err := gz.Close(); err != nil {
		return nil, fmt.Errorf("compress a page: %w", err)
	}
	d.forms[Gzip] = Form{zipped.Bytes(), `"` + tag + `-gz"`}

	var small bytes.Buffer
	br := brotli.NewWriterLevel(&small, brotliLevel)
	if _, err := br.Write(plain); err != nil {
		return nil, fmt.Errorf("compress a page: %w", err)
	}
	if err := br.Close(); err != nil {
		return nil, fmt.Errorf("compress a page: %w", err)
	}
	d.forms[Brotli] = Form{small.Bytes(), `"` + tag + `-br"`}
	return d, nil
}

// brotliLevel is where half the time of the highest useful level buys all but
// one percent of its size.
const brotliLevel = 5
