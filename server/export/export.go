// Package export writes what customers can see as plain files, so that the
// last signed state can be read from any file server, or from the disk, while
// the service cannot.
//
// In flows a page.Snapshot, and with it publications alone; out flows a folder:
//
//	DIR/.countersign-copy    says that the folder is ours
//	DIR/current              a symbolic link to the newest whole copy
//	DIR/copy-000041-…/       that copy, and the one before it
//
// A copy is written beside the last one and put on the disk before the link is
// turned to it in one step (rename(2)), so that no reader ever sees half of
// one, whatever happens. Serve DIR/current. The page in the language of the
// source is at the top, every language under its own folder; links between the
// pages are relative, and those that need the service lead to the live page.
package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/feed"
	"github.com/countersign/countersign/server/page"
)

// About is what a copy says of itself, in its copy.json.
type About struct {
	Publication int64        `json:"publication"`  // the number of the latest one in it
	PublishedAt time.Time    `json:"published_at"` // when that was published, in UTC
	Digest      comms.Digest `json:"digest"`       // of what was signed in it
	Head        string       `json:"head"`         // of the chain after it, as `countersign audit verify --head` takes it
	AsOf        time.Time    `json:"as_of"`        // the time that the pages were made for, in UTC
	Page        string       `json:"page"`         // address of the live page
	Files       int          `json:"files"`        // how many there are beside this one
	Redactions  int64        `json:"redactions"`   // how many publications took words away that older copies may hold
}

// icons are the files of package static that pages refer to.
var icons = []string{"favicon.svg"}

// Folder is where copies are kept.
type Folder struct {
	dir    string
	static fs.FS
	// write puts one new file on the disk; tests make it fail.
	write func(name string, text []byte) error
}

// Open names the folder, and refuses one that holds anything but copies. One
// that cannot be looked at is no refusal: Write says so when it comes to it.
// Static is package static.
func Open(dir string, static fs.FS) (Folder, error) {
	f := Folder{dir: dir, static: static, write: writeFile}
	return f, f.refuse()
}

// Write puts a copy of the snapshot into the folder and turns the folder's link
// to it. If it fails, or the context ends, the last copy stays as it was; with
// an error and what the copy says of itself, the copy is there and something
// that should be gone is there as well.
func (f Folder) Write(ctx context.Context, s *page.Snapshot) (About, error) {
	if s.PageURL() == "" {
		return About{}, comms.Refuse(comms.NotFound, "", "nothing has been published yet, so there is nothing to copy; `countersign init` publishes the first plan")
	}
	about, err := f.replace(ctx, s)
	if err == nil || about.Publication > 0 {
		return about, err
	}
	var refused *comms.Refusal
	switch {
	case errors.As(err, &refused):
		return About{}, err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		err = fmt.Errorf("the disk that holds %s is full; free some space there: %w", f.dir, err)
	}
	return About{}, fmt.Errorf("write a copy of the page; the last one stays: %w", err)
}

func (f Folder) replace(ctx context.Context, s *page.Snapshot) (About, error) {
	if err := f.claim(); err != nil {
		return About{}, err
	}
	fresh, err := os.MkdirTemp(f.dir, fmt.Sprintf("%s%06d-", copyPrefix, s.Number))
	if err != nil {
		return About{}, err
	}
	about, err := f.fill(ctx, fresh, s)
	if err == nil {
		err = syncFolders(fresh)
	}
	var before string
	if err == nil {
		before, err = f.turn(filepath.Base(fresh))
	}
	if err != nil {
		return About{}, errors.Join(err, os.RemoveAll(fresh))
	}
	if err := syncFolder(f.dir); err != nil {
		return about, fmt.Errorf("the copy is there, and may be gone after a crash of the machine: %w", err)
	}
	if old, err := readAbout(filepath.Join(f.dir, before)); before != "" && (err != nil || old.Redactions != about.Redactions) {
		// Words were taken away that any older copy may hold, half ones too.
		if err := f.sweep(func(name string, _ fs.DirEntry) bool { return name == filepath.Base(fresh) }); err != nil {
			return about, fmt.Errorf("the copy is there, and older ones that may hold words that were removed since could not be deleted: %w", err)
		}
		return about, nil
	}
	// What is left to do is to tidy up, and is done again with the next copy.
	_ = f.sweep(func(name string, e fs.DirEntry) bool {
		return name == filepath.Base(fresh) || name == before || f.unfinished(name, e)
	})
	return about, nil
}

// fill writes every file of a copy.
func (f Folder) fill(ctx context.Context, dir string, s *page.Snapshot) (About, error) {
	about := About{
		Publication: s.Number, PublishedAt: s.At(), Digest: s.Digest(), Head: s.Head().String(), AsOf: s.Rendered(), Page: s.PageURL(),
		Redactions: s.Redactions(),
	}
	copied := s.Copy()
	tree := newTree(s)
	put := func(name string, text []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		about.Files++
		return f.write(filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	for _, lang := range s.Languages() {
		for _, p := range s.Paths() {
			doc, err := copied.Page(lang, p)
			if err != nil {
				return about, fmt.Errorf("render %s in %q: %w", p, lang, err)
			}
			if doc == nil {
				return about, fmt.Errorf("the page %s in %q is listed and not there", p, lang)
			}
			text := doc.In(page.Identity).Bytes()
			for _, prefix := range tree.prefixes(lang) {
				name := fileOf(prefix + p)
				out := text
				if strings.HasPrefix(doc.Type, "text/html") {
					out = tree.relink(text, name)
				}
				if err := put(name, out); err != nil {
					return about, err
				}
			}
		}
	}
	if err := put(fileOf(feed.Style), s.FeedStyle().In(page.Identity).Bytes()); err != nil {
		return about, err
	}
	if path := s.LogoPath(); path != "" {
		if err := put(fileOf(path), s.Logo(path).In(page.Identity).Bytes()); err != nil {
			return about, err
		}
	}
	for _, name := range icons {
		text, err := fs.ReadFile(f.static, name)
		if err == nil {
			err = put(name, text)
		}
		if err != nil {
			return about, err
		}
	}
	text, err := json.MarshalIndent(about, "", "  ")
	if err != nil {
		return about, err
	}
	return about, f.write(filepath.Join(dir, aboutFile), append(text, '\n'))
}

// fileOf is the file in which the document at a path lies: a page lies in a
// folder of its own, as servers of files look for it.
func fileOf(p string) string {
	p = strings.TrimPrefix(p, "/")
	if path.Ext(p) != "" {
		return p
	}
	return path.Join(p, "index.html")
}
