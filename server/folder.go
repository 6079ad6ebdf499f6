package server

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
)

// The files of an installation's folder.
const (
	ConfigFile   = "config.yaml"    // addresses, limits, places of secrets
	DatabaseFile = "countersign.db" // unless the settings name another database
	SealKeyFile  = "seal.key"       // seals publications; only the service reads it
	SealPubFile  = "seal.pub"       // every public key that the installation has had, one a line
	SecretFile   = "secret.key"     // makes the links in mails
	PlanFolder   = "plan"           // a copy of the plan, to edit and submit
)

// secretSize is the length of the secret in bytes (as HMAC-SHA-256 asks, RFC 2104).
const secretSize = 32

// Folder is where an installation keeps what is not in its database.
type Folder string

// File gives the path of one of the folder's files.
func (f Folder) File(name string) string { return filepath.Join(string(f), name) }

// Path makes a relative path begin at the folder; "" stays "".
func (f Folder) Path(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return f.File(path)
}

// Write puts one of the folder's files in place, whole or not at all.
func (f Folder) Write(name string, text []byte) error { return writeFile(f.File(name), text, 0o600) }

// Prepare makes the folder, or takes one that Prepare made before; it refuses
// a folder that holds anything else, so that no stranger's file is touched.
func (f Folder) Prepare(config []byte) error {
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return fmt.Errorf("make the folder of the installation: %w", err)
	}
	if f.Exists() {
		return nil
	}
	entries, err := os.ReadDir(string(f))
	if err != nil {
		return fmt.Errorf("read the folder of the installation: %w", err)
	}
	if len(entries) > 0 {
		return comms.Refuse(comms.Conflict, "dir", "%s holds other files (%s) and no %s; choose an empty folder", f, entries[0].Name(), ConfigFile)
	}
	return writeFile(f.File(ConfigFile), config, 0o600)
}

// Exists tells whether the folder is an installation's.
func (f Folder) Exists() bool {
	_, err := os.Stat(f.File(ConfigFile))
	return err == nil
}

// MakeKeys makes the seal key and the secret where they are missing. A seal
// key that was there once is never replaced silently: replace allows it.
func (f Folder) MakeKeys(replace bool) error {
	if err := f.makeSealKey(replace); err != nil {
		return err
	}
	if _, err := os.Stat(f.File(SecretFile)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	secret := make([]byte, secretSize)
	_, _ = rand.Read(secret) // never fails
	return writeFile(f.File(SecretFile), []byte(base64.StdEncoding.EncodeToString(secret)+"\n"), 0o600)
}

func (f Folder) makeSealKey(replace bool) error {
	known, err := readPublicKeys(f.File(SealPubFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	key, err := readSealKey(f.File(SealKeyFile))
	switch {
	case err == nil && !replace:
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case len(known) > 0 && !replace:
		return lostKey(f.File(SealKeyFile))
	default:
		if key, err = signoff.NewKey(); err != nil {
			return err
		}
		if err := writeFile(f.File(SealKeyFile), []byte(key.Encode()+"\n"), 0o600); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(known, func(p signoff.PublicKey) bool { return p.ID() == key.Public().ID() }) {
		return nil
	}
	var text strings.Builder
	for _, p := range append(known, key.Public()) {
		text.WriteString(p.Encode() + "\n")
	}
	return writeFile(f.File(SealPubFile), []byte(text.String()), 0o644)
}

func lostKey(path string) error {
	return comms.Refuse(comms.NotFound, "seal_key", "the seal key %s is missing, and nothing can be signed without it; restore it from your backup, or make a new one with `countersign init --new-seal-key --dir %s` (what the old one sealed stays valid)", path, filepath.Dir(path))
}

// readKeys reads the seal key and the ring of every key that there was.
func readKeys(keyFile, pubFile string) (signoff.Key, signoff.Keyring, error) {
	known, err := readPublicKeys(pubFile)
	if err != nil {
		return signoff.Key{}, nil, err
	}
	ring := signoff.NewKeyring(known...)
	key, err := readSealKey(keyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return key, ring, lostKey(keyFile)
	}
	if err != nil {
		return key, ring, err
	}
	if _, ok := ring[key.Public().ID()]; !ok {
		return key, ring, comms.Refuse(comms.Invalid, "seal_key", "%s is not the key that %s names; restore the right one, or run `countersign init --dir %s` if you put a new one there", keyFile, pubFile, filepath.Dir(pubFile))
	}
	return key, ring, nil
}

func readSealKey(path string) (signoff.Key, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return signoff.Key{}, fmt.Errorf("read the seal key: %w", err)
	}
	key, err := signoff.ParseKey(string(text))
	if err != nil {
		return signoff.Key{}, comms.Refuse(comms.Invalid, "seal_key", "%s: %v", path, err)
	}
	return key, nil
}

func readPublicKeys(path string) ([]signoff.PublicKey, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no installation here: name its folder with --dir, or make one with `countersign init --dir DIR`; if it lost its public seal keys, restore them: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("read the public seal keys: %w", err)
	}
	var keys []signoff.PublicKey
	for line := range strings.Lines(string(text)) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		k, err := signoff.ParsePublicKey(line)
		if err != nil {
			return nil, comms.Refuse(comms.Invalid, "seal_pub", "%s: %v", path, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func readSecret(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the secret for links: %w", err)
	}
	secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) < secretSize {
		return nil, comms.Refuse(comms.Invalid, "secret_key", "%s does not hold %d bytes in base64; restore it from your backup, or delete it and run `countersign init` again (links in mails that were sent stop working)", path, secretSize)
	}
	return secret, nil
}

// writeFile puts a file in place whole or not at all, on the disk and not
// only in the memory of the system.
func writeFile(path string, text []byte, mode fs.FileMode) error {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err == nil {
		err = syncFolder(dir)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
