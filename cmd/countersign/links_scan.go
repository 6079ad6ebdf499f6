package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/unicode"

	"github.com/countersign/countersign/comms/links"
)

// largestScanned bounds a text of a code base in bytes: nobody writes larger
// ones by hand.
const largestScanned = 8 << 20

// scanned is what was looked through.
type scanned struct {
	Files   int // that are text
	Folders int // behind symbolic links, which are not followed: they may lead in a circle
	Sights  []sight
}

func (r *scanned) look(s links.Scanner, name string, text []byte) error {
	text, err := plainText(text)
	if err != nil || text == nil {
		return err
	}
	r.Files++
	for _, m := range s.Scan(string(text)) {
		r.Sights = append(r.Sights, sight{File: name, Mention: m})
	}
	return nil
}

// plainText gives a text as UTF-8, and nil for what is none: what holds NUL
// without the mark that begins a text in UTF-16 (RFC 2781, section 3.2).
func plainText(b []byte) ([]byte, error) {
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}) {
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(b)
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return nil, nil
	}
	return b, nil
}

// scan looks through what was named.
func (c linksCheckCmd) scan(s links.Scanner) (scanned, error) {
	r := scanned{Sights: []sight{}}
	for _, pattern := range c.Skip {
		if _, err := path.Match(pattern, ""); err != nil {
			return r, fmt.Errorf("--skip: %q is not a pattern; write a name, or one with * in it", pattern)
		}
	}
	if c.Scan == "-" {
		in := c.Input
		if in == nil {
			in = os.Stdin
		}
		text, err := readText(in)
		if err == nil {
			err = r.look(s, "<stdin>", text)
		}
		if err != nil {
			err = fmt.Errorf("<stdin> cannot be read: %w", err)
		}
		return r, err
	}
	root, err := filepath.EvalSymlinks(c.Scan)
	if errors.Is(err, fs.ErrNotExist) {
		return r, fmt.Errorf("--scan: there is no %s; check its name", c.Scan)
	}
	if err == nil {
		err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if name != root && c.skips(d.Name()) {
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			return c.file(&r, s, name, filepath.Join(c.Scan, strings.TrimPrefix(name, root)))
		})
	}
	if err != nil {
		return r, fmt.Errorf("--scan: %w", err)
	}
	if r.Files == 0 {
		return r, fmt.Errorf("--scan: there is no text in %s, so nothing was checked; name the folder of the code", c.Scan)
	}
	return r, nil
}

// file looks through one file, also behind a symbolic link; called is its
// name as the person wrote its folder.
func (c linksCheckCmd) file(r *scanned, s links.Scanner, name, called string) error {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a symbolic link to nothing
	}
	if err != nil {
		return err
	}
	if info.IsDir() {
		if link, err := os.Lstat(name); err == nil && link.Mode()&fs.ModeSymlink != 0 {
			r.Folders++
		}
		return nil
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := readText(f)
	if err == nil {
		err = r.look(s, filepath.ToSlash(called), text)
	}
	if err != nil {
		return fmt.Errorf("%s: %w; leave it out with --skip %s if it holds no links", called, err, filepath.Base(name))
	}
	return nil
}

// readText reads a text to its end; of what is none, films and archives, only
// as much as a text may have.
func readText(in io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(in, largestScanned+1))
	if err == nil && len(text) > largestScanned {
		if plain, err := plainText(text); err == nil && plain == nil {
			return text, nil
		}
		return nil, fmt.Errorf("it is a text of more than %d bytes", largestScanned)
	}
	return text, err
}

func (c linksCheckCmd) skips(name string) bool {
	for _, pattern := range c.Skip {
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
	}
	return false
}
