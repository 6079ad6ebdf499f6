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

	"github.com/countersign/countersign/comms/links"
)

// largestScanned bounds a file of a code base in bytes: nobody writes larger
// ones, and what is generated has its links from elsewhere.
const largestScanned = 8 << 20

// scan looks through what was named, and tells how many files it read.
func (c linksCheckCmd) scan(s links.Scanner) (seen int, sights []sight, err error) {
	sights = []sight{}
	for _, pattern := range c.Skip {
		if _, err := path.Match(pattern, ""); err != nil {
			return 0, nil, fmt.Errorf("--skip: %q is not a pattern; write a name, or one with * in it", pattern)
		}
	}
	look := func(name string, text []byte) {
		if bytes.IndexByte(text, 0) >= 0 {
			return // no text
		}
		seen++
		for _, m := range s.Scan(string(text)) {
			sights = append(sights, sight{File: name, Mention: m})
		}
	}
	if c.Scan == "-" {
		in := c.Input
		if in == nil {
			in = os.Stdin
		}
		text, err := io.ReadAll(io.LimitReader(in, largestScanned+1))
		if err == nil && len(text) > largestScanned {
			err = fmt.Errorf("it is larger than %d bytes; give it in parts", largestScanned)
		}
		if err != nil {
			return 0, nil, fmt.Errorf("<stdin> cannot be read: %w", err)
		}
		look("<stdin>", text)
		return seen, sights, nil
	}
	err = filepath.WalkDir(c.Scan, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && name == c.Scan {
			return fmt.Errorf("--scan: there is no %s; check its name", c.Scan)
		}
		if err != nil {
			return fmt.Errorf("--scan: %w", err)
		}
		if name != c.Scan && c.skips(d.Name()) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		if info, err := d.Info(); err != nil || info.Size() > largestScanned {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("--scan: %w", err)
		}
		look(filepath.ToSlash(name), text)
		return nil
	})
	return seen, sights, err
}

func (c linksCheckCmd) skips(name string) bool {
	for _, pattern := range c.Skip {
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
	}
	return false
}
