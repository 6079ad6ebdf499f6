package backup

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/store"
)

// Format is the version of the file that this program writes.
const Format = 1

// Header is the first line of a backup.
type Header struct {
	Format   int       `json:"countersign_backup"`
	Program  string    `json:"program"`  // version of the program that wrote it
	Schema   int64     `json:"schema"`   // version of the database's schema
	Database string    `json:"database"` // "sqlite" or "postgres"; it can be put back into either
	At       time.Time `json:"at"`
}

// File is one of the small files of an installation's folder.
type File struct {
	Name string `json:"file"`
	Text []byte `json:"text"`
}

// line is any line after the header; exactly one member is set.
type line struct {
	*File
	Table   string   `json:"table,omitempty"`
	Columns []string `json:"columns,omitempty"`
	Row     []any    `json:"row,omitempty"`
	End     *end     `json:"end,omitempty"`
}

type end struct {
	Lines  int64  `json:"lines"`
	SHA256 string `json:"sha256"`
}

// blob is how bytes stand in a row.
type blob struct {
	Bytes []byte `json:"bytes"`
}

// Writer writes a backup. The zero value is no writer.
type Writer struct {
	gz    *gzip.Writer
	out   io.Writer // gz and the sum
	sum   hash.Hash
	lines int64
	table string
	rows  int64
}

// NewWriter begins a backup with its header; Format is filled in.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	b := &Writer{gz: gzip.NewWriter(w), sum: sha256.New()}
	b.out = io.MultiWriter(b.gz, b.sum)
	h.Format = Format
	return b, b.put(h)
}

// File adds one of the folder's files. Files come before rows.
func (b *Writer) File(f File) error { return b.put(line{File: &f}) }

// Row adds a row of a table; values are nil, int64, string or []byte.
func (b *Writer) Row(t store.Table, values []any) error {
	if b.table != t.Name {
		b.table = t.Name
		if err := b.put(line{Table: t.Name, Columns: t.Columns}); err != nil {
			return err
		}
	}
	row := make([]any, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case nil, int64, string:
			row[i] = v
		case []byte:
			row[i] = blob{append([]byte{}, v...)} // no bytes are none the less bytes, and null is not
		default:
			return fmt.Errorf("the column %s of the table %s holds a %T, which a backup cannot keep", t.Columns[i], t.Name, v)
		}
	}
	b.rows++
	return b.put(line{Row: row})
}

// Rows is how many rows were added.
func (b *Writer) Rows() int64 { return b.rows }

// Close writes the end, without which the file is no backup.
func (b *Writer) Close() error {
	e := end{Lines: b.lines, SHA256: hex.EncodeToString(b.sum.Sum(nil))}
	return errors.Join(b.put(line{End: &e}), b.gz.Close())
}

func (b *Writer) put(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	b.lines++
	if _, err := b.out.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return nil
}

// maxLine bounds a line in bytes: a plan with all its files is one, and far below.
const maxLine = 64 << 20

// Reader reads a backup from its beginning to its end, once.
type Reader struct {
	Header
	lines *bufio.Scanner
	sum   hash.Hash
	count int64
	table store.Table
	held  *line // looked at and not yet taken
}

// NewReader reads the header. What is no backup, or one of a newer program, is
// refused.
func NewReader(r io.Reader) (*Reader, error) {
	gz, err := gzip.NewReader(r)
	if err != nil {
		return nil, comms.Refuse(comms.Invalid, "file", "this is no backup of Countersign: %v", err)
	}
	b := &Reader{lines: bufio.NewScanner(gz), sum: sha256.New()}
	b.lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	text, err := b.take()
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &b.Header); err != nil || b.Format == 0 {
		return nil, comms.Refuse(comms.Invalid, "file", "this is no backup of Countersign: its first line is not the header of one")
	}
	if b.Format > Format {
		return nil, comms.Refuse(comms.Invalid, "file", "this backup was made by a newer program (version %s): install that version, or one that is newer", b.Program)
	}
	b.add(text)
	return b, nil
}

func (b *Reader) take() ([]byte, error) {
	if !b.lines.Scan() {
		err := b.lines.Err()
		if err == nil {
			err = io.ErrUnexpectedEOF
		}
		return nil, b.damaged("it stops in line %d (%v)", b.count+1, err)
	}
	b.count++
	return b.lines.Bytes(), nil
}

func (b *Reader) damaged(format string, args ...any) error {
	return comms.Refuse(comms.Invalid, "file", "the backup is damaged: %s; use another copy of it", comms.Say(format, args...))
}

// next reads a line and checks the sum when it is the last one.
func (b *Reader) next() (*line, error) {
	if l := b.held; l != nil {
		b.held = nil
		return l, nil
	}
	text, err := b.take()
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var l line
	if err := d.Decode(&l); err != nil {
		return nil, b.damaged("line %d is not what a backup holds (%v)", b.count, err)
	}
	if l.End == nil {
		b.add(text)
		return &l, nil
	}
	if l.End.Lines != b.count-1 || l.End.SHA256 != hex.EncodeToString(b.sum.Sum(nil)) {
		return nil, b.damaged("its end does not fit what stands before it")
	}
	if b.lines.Scan() || b.lines.Err() != nil {
		return nil, b.damaged("something follows its end")
	}
	return &l, nil
}

func (b *Reader) add(text []byte) {
	b.sum.Write(text)
	b.sum.Write([]byte{'\n'})
}

// Files reads the folder's files; call it once, before Rows.
func (b *Reader) Files() ([]File, error) {
	var out []File
	for {
		l, err := b.next()
		if err != nil {
			return nil, err
		}
		if l.File == nil {
			b.held = l
			return out, nil
		}
		out = append(out, *l.File)
	}
}

// Rows gives each row to insert, in the order of the file, and returns nil
// only if the file is whole: nothing that was inserted may count before.
func (b *Reader) Rows(insert func(store.Table, []any) error) error {
	for {
		l, err := b.next()
		switch {
		case err != nil:
			return err
		case l.End != nil:
			return nil
		case l.Table != "":
			b.table = store.Table{Name: l.Table, Columns: l.Columns}
		case l.Row != nil:
			if len(l.Row) != len(b.table.Columns) {
				return b.damaged("the row in line %d does not fit its table", b.count)
			}
			values, err := b.values(l.Row)
			if err != nil {
				return err
			}
			if err := insert(b.table, values); err != nil {
				return err
			}
		default:
			return b.damaged("line %d is not what a backup holds", b.count)
		}
	}
}

func (b *Reader) values(row []any) ([]any, error) {
	out := make([]any, len(row))
	for i, v := range row {
		switch v := v.(type) {
		case nil, string:
			out[i] = v
		case json.Number:
			n, err := v.Int64()
			if err != nil {
				return nil, b.damaged("line %d holds %q where a whole number belongs", b.count, v)
			}
			out[i] = n
		case map[string]any:
			text, ok := v["bytes"].(string)
			raw, err := base64.StdEncoding.DecodeString(text)
			if err != nil || !ok || len(v) != 1 {
				return nil, b.damaged("line %d holds bytes that cannot be read", b.count)
			}
			out[i] = raw
		default:
			return nil, b.damaged("line %d holds a value of no known kind", b.count)
		}
	}
	return out, nil
}
