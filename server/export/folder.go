package export

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
)

// The names in a folder of copies.
const (
	markFile   = ".countersign-copy"
	linkName   = "current"
	copyPrefix = "copy-"
	turning    = ".turning-" // the link before it takes the place of the last one
	aboutFile  = "copy.json" // in each copy, written last
)

const markText = "`countersign` keeps copies of a status page here: serve the folder `current`. It deletes old folders named copy-*.\n"

// abandoned is how old a half copy must be before it is taken for one that
// nobody is writing any more: after a kill, or a crash of the machine.
const abandoned = time.Hour

// refuse says what is wrong with a folder that is not ours.
func (f Folder) refuse() error {
	_, err := os.Stat(filepath.Join(f.dir, markFile))
	if err == nil {
		return nil
	}
	info, err := os.Stat(f.dir)
	if err == nil && !info.IsDir() {
		return comms.Refuse(comms.Conflict, "out", "%s is a file; name a folder for the copy, one that is empty or not there yet", f.dir)
	}
	entries, err := os.ReadDir(f.dir)
	if err != nil || len(entries) == 0 {
		return nil
	}
	return comms.Refuse(comms.Conflict, "out", "%s holds other files (%s) and no copy of a page; nothing there was touched; choose a folder that is empty or not there yet", f.dir, entries[0].Name())
}

// claim makes the folder, or takes one that is empty or ours.
func (f Folder) claim() error {
	if err := f.refuse(); err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o755); err != nil {
		return err
	}
	mark := filepath.Join(f.dir, markFile)
	if _, err := os.Stat(mark); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return writeFile(mark, []byte(markText))
}

// turn makes the link lead to another copy, in one step, and tells which one
// it led to before. With an error it leads where it led.
func (f Folder) turn(name string) (before string, err error) {
	link := filepath.Join(f.dir, linkName)
	before, err = os.Readlink(link)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s is no link that this program made; move it away: %w", link, err)
	}
	if err := os.Chmod(filepath.Join(f.dir, name), 0o755); err != nil { // others serve it
		return "", err
	}
	turned := filepath.Join(f.dir, turning+rand.Text())
	if err := os.Symlink(name, turned); err != nil {
		return "", err
	}
	if err := os.Rename(turned, link); err != nil {
		return "", errors.Join(err, os.Remove(turned))
	}
	return before, nil
}

// sweep deletes the copies that are not to be kept. What it is not sure to
// have made itself stays.
func (f Folder) sweep(keep func(name string, e fs.DirEntry) bool) error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		ours := strings.HasPrefix(e.Name(), copyPrefix) && e.IsDir() || strings.HasPrefix(e.Name(), turning)
		if ours && !keep(e.Name(), e) {
			errs = append(errs, os.RemoveAll(filepath.Join(f.dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// unfinished tells whether another process may be writing it.
func (f Folder) unfinished(name string, e fs.DirEntry) bool {
	if _, err := os.Stat(filepath.Join(f.dir, name, aboutFile)); err == nil {
		return false
	}
	info, err := e.Info()
	return err == nil && time.Since(info.ModTime()) < abandoned
}

// readAbout reads what a copy says of itself.
func readAbout(dir string) (About, error) {
	var about About
	text, err := os.ReadFile(filepath.Join(dir, aboutFile))
	if err == nil {
		err = json.Unmarshal(text, &about)
	}
	return about, err
}

// writeFile writes a new file, on the disk and not only in the memory of the
// system.
func writeFile(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}

// syncFolders puts the names of all files under a folder on the disk.
func syncFolders(root string) error {
	return filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncFolder(name)
	})
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
