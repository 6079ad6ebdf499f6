package mail

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/countersign/countersign/comms"
)

// Folder keeps the last mails, one file each, and a line of each in memory. It
// is safe for use by several goroutines of one process.
type Folder struct {
	dir   string
	limit int
	now   func() time.Time

	mu      sync.Mutex
	letters []Letter // oldest first, without header and parts
}

const (
	// receivedAt is a header field that the folder writes before each mail.
	receivedAt = "X-Received-At"
	suffix     = ".eml"
)

// OpenFolder opens or makes the folder, of at most limit mails. Files that are
// not mails are left alone.
func OpenFolder(dir string, limit int, now func() time.Time) (*Folder, error) {
	if limit <= 0 {
		return nil, fmt.Errorf("the mailbox would keep %d mails: let it keep at least one", limit)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the mailbox's folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the mailbox's folder: %w", err)
	}
	f := &Folder{dir: dir, limit: limit, now: now}
	for _, e := range entries {
		name, isMail := strings.CutSuffix(e.Name(), suffix)
		id, err := comms.ParseID(name)
		if !isMail || err != nil {
			continue
		}
		l, err := f.open(id)
		if err != nil {
			continue // a file that somebody else put there
		}
		f.letters = append(f.letters, line(l))
	}
	slices.SortStableFunc(f.letters, func(a, b Letter) int {
		return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.ID, b.ID))
	})
	return f, f.prune()
}

// List gives the newest mails first, without header and parts; limit 0 is all.
func (f *Folder) List(limit int) []Letter {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := slices.Clone(f.letters)
	slices.Reverse(out)
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out
}

// Get reads one mail whole; a *comms.Refusal with NotFound if it is not there.
func (f *Folder) Get(id comms.ID) (Letter, error) {
	if _, err := comms.ParseID(string(id)); err != nil {
		return Letter{}, comms.Refuse(comms.NotFound, "", "there is no such mail in the mailbox")
	}
	l, err := f.open(id)
	if errors.Is(err, fs.ErrNotExist) {
		return Letter{}, comms.Refuse(comms.NotFound, "", "there is no such mail in the mailbox; it keeps the last %d", f.limit)
	}
	return l, err
}

func (f *Folder) open(id comms.ID) (Letter, error) {
	raw, err := os.ReadFile(f.path(id))
	if err != nil {
		return Letter{}, fmt.Errorf("read a mail of the mailbox: %w", err)
	}
	l, err := ReadLetter(bytes.NewReader(raw))
	l.ID = id
	return l, err
}

// keep stores a mail for one recipient. A reader sees the whole file or none.
func (f *Folder) keep(to string, raw []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := f.now().UTC()
	var b bytes.Buffer
	fmt.Fprintf(&b, "Delivered-To: %s\r\n%s: %s\r\n", strings.Map(printable, to), receivedAt, at.Format(time.RFC3339Nano))
	b.Write(raw)
	l, err := ReadLetter(bytes.NewReader(b.Bytes()))
	if err != nil {
		return err
	}
	l.ID = comms.NewID()
	part := f.path(l.ID) + ".part"
	if err := os.WriteFile(part, b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("store a mail: %w", errors.Join(err, os.Remove(part)))
	}
	if err := os.Rename(part, f.path(l.ID)); err != nil {
		return fmt.Errorf("store a mail: %w", err)
	}
	f.letters = append(f.letters, line(l))
	return f.prune()
}

// prune deletes the oldest mails above the limit.
func (f *Folder) prune() error {
	for len(f.letters) > f.limit {
		if err := os.Remove(f.path(f.letters[0].ID)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("delete an old mail of the mailbox: %w", err)
		}
		f.letters = slices.Delete(f.letters, 0, 1)
	}
	return nil
}

func (f *Folder) path(id comms.ID) string { return filepath.Join(f.dir, string(id)+suffix) }

// line is what stays in memory.
func line(l Letter) Letter {
	l.Header, l.Text, l.HTML = nil, "", ""
	return l
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}
