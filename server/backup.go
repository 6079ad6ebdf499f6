package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/audit"
	"github.com/countersign/countersign/server/backup"
	"github.com/countersign/countersign/server/store"
)

// BackupOptions say what a backup holds.
type BackupOptions struct {
	Program string // version of the program
	Now     time.Time
	SealKey bool // also the key that seals: who has the backup can then sign
}

// Backup writes the installation as of one moment, while the service runs or
// not, and returns how many rows it wrote. It needs no seal key.
func Backup(ctx context.Context, w io.Writer, folder Folder, s Stored, o BackupOptions) (rows int64, err error) {
	st, _, err := Inspect(ctx, s)
	if err != nil {
		return 0, err
	}
	defer st.Close()
	files, err := backedUp(folder, s, o.SealKey)
	if err != nil {
		return 0, err
	}
	var out *backup.Writer
	begin := func(version int64) error {
		if out, err = backup.NewWriter(w, backup.Header{Program: o.Program, Schema: version, Database: st.Dialect(), At: o.Now.UTC()}); err != nil {
			return err
		}
		for _, f := range files {
			if err := out.File(f); err != nil {
				return err
			}
		}
		return nil
	}
	if err := st.Dump(ctx, begin, func(t store.Table, values []any) error { return out.Row(t, values) }); err != nil {
		return 0, err
	}
	return out.Rows(), out.Close()
}

// backedUp reads the small files under the names that they have in a new folder.
func backedUp(folder Folder, s Stored, sealKey bool) ([]backup.File, error) {
	list := []struct {
		name, path string
		need       bool
	}{
		{ConfigFile, folder.File(ConfigFile), false},
		{SealPubFile, s.SealPub, true},
		{SecretFile, s.SecretKey, true},
		{SealKeyFile, s.SealKey, sealKey},
	}
	var out []backup.File
	for _, f := range list {
		if f.name == SealKeyFile && !sealKey {
			continue
		}
		text, err := os.ReadFile(f.path)
		if errors.Is(err, fs.ErrNotExist) && !f.need {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read what belongs into the backup: %w", err)
		}
		out = append(out, backup.File{Name: f.name, Text: text})
	}
	return out, nil
}

// Restored tells what a restore put back.
type Restored struct {
	backup.Header
	Audit   audit.Result
	SealKey bool // the backup held the seal key
}

// Restore makes an installation in a folder that is empty or not there, from a
// backup. database overrides the one that its settings name; "" keeps it. The
// whole is verified as `audit verify` does before anybody can open it, also
// against a head that was kept outside (nil for none). When anything is wrong
// nothing is left in the folder. Deliveries are paused until an operator
// resumes them.
func Restore(ctx context.Context, r io.Reader, folder Folder, database string, head *signoff.Head, log *slog.Logger) (out Restored, err error) {
	b, err := backup.NewReader(r)
	if err != nil {
		return out, err
	}
	files, err := b.Files()
	if err != nil {
		return out, err
	}
	out.Header = b.Header
	if folder.Exists() {
		return out, comms.Refuse(comms.Conflict, "dir", "%s is an installation already, and a restore never replaces one; choose a new folder", folder)
	}
	made, err := unpack(folder, files, database)
	defer func() {
		if err != nil {
			err = errors.Join(err, made.undo())
		}
	}()
	if err != nil {
		return out, err
	}
	out.SealKey = folder.has(SealKeyFile)
	keys, err := readPublicKeys(folder.File(SealPubFile))
	if err != nil {
		return out, err
	}
	ring := signoff.NewKeyring(keys...)
	verify := func(st *store.Store) error {
		if out.Audit, err = audit.Verify(ctx, st, ring, head); err != nil {
			return err
		}
		if !out.Audit.Holds() {
			return comms.Refuse(comms.Invalid, "file", "what the backup holds cannot be true, so it is not put back: %s", strings.TrimSpace(out.Audit.String()))
		}
		return nil
	}
	err = store.Load(ctx, made.database, b.Schema, store.Options{Keys: ring, Log: log}, b.Rows, verify)
	return out, err
}

// unpacked is what a restore has made so far.
type unpacked struct {
	folder   Folder
	database string // where the rows go
	files    []string
	fresh    bool // the folder was not there
}

// undo takes away the files that were made, and the folder if it was. A PostgreSQL database keeps its
// unfinished rows, and refuses to be opened.
func (u unpacked) undo() error {
	var errs []error
	for _, name := range u.files {
		errs = append(errs, os.Remove(u.folder.File(name)))
	}
	if file, ok := strings.CutPrefix(u.database, "sqlite:"); ok {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(file + suffix); !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	if u.fresh {
		errs = append(errs, os.Remove(string(u.folder)))
	}
	return errors.Join(errs...)
}

func unpack(folder Folder, files []backup.File, database string) (unpacked, error) {
	made := unpacked{folder: folder}
	text := map[string][]byte{}
	for _, f := range files {
		text[f.Name] = f.Text
	}
	if text[SealPubFile] == nil || text[SecretFile] == nil {
		return made, comms.Refuse(comms.Invalid, "file", "the backup holds no %s or no %s; use another copy of it", SealPubFile, SecretFile)
	}
	config, where, err := placed(text[ConfigFile], database)
	if err != nil {
		return made, err
	}
	kind, path, err := splitDatabase(where)
	if err != nil {
		return made, comms.Refuse(comms.Invalid, "database", "%v", err)
	}
	if kind == "sqlite" {
		path = folder.Path(path)
		if _, err := os.Lstat(path); err == nil {
			return made, comms.Refuse(comms.Conflict, "database", "%s is there already, and a restore never replaces a database; name another with --database sqlite:FILE", path)
		}
		where = "sqlite:" + path
	}
	_, err = os.Lstat(string(folder))
	fresh := errors.Is(err, fs.ErrNotExist)
	if err := folder.Prepare(config); err != nil {
		return made, err
	}
	made.files, made.database, made.fresh = []string{ConfigFile}, where, fresh
	for _, name := range []string{SealPubFile, SecretFile, SealKeyFile} {
		if text[name] == nil {
			continue
		}
		mode := fs.FileMode(0o600)
		if name == SealPubFile {
			mode = 0o644
		}
		if err := writeFile(folder.File(name), text[name], mode); err != nil {
			return made, err
		}
		made.files = append(made.files, name)
	}
	return made, nil
}

var databaseLine = regexp.MustCompile(`(?m)^database:.*$`)

// placed gives the settings of the backup with the database that is wanted,
// and tells which that is.
func placed(config []byte, database string) ([]byte, string, error) {
	if database != "" {
		line := []byte(fmt.Sprintf("database: %q", database))
		if databaseLine.Match(config) {
			return databaseLine.ReplaceAllLiteral(config, line), database, nil
		}
		return append(append(line, '\n'), config...), database, nil
	}
	line := databaseLine.Find(config)
	if line == nil {
		return config, "sqlite:" + DatabaseFile, nil
	}
	where := strings.Trim(strings.TrimSpace(string(bytes.TrimPrefix(line, []byte("database:")))), `"'`)
	if kind, path, err := splitDatabase(where); err == nil && kind == "sqlite" && filepath.IsAbs(path) {
		return nil, "", comms.Refuse(comms.Conflict, "database", "the settings of the backup name the database %s, which may be the one that it was made of; say where the rows go with --database sqlite:FILE or --database postgres://…", where)
	}
	return config, where, nil
}

func (f Folder) has(name string) bool {
	_, err := os.Stat(f.File(name))
	return err == nil
}
