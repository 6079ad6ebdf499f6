package plan

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/brand"
)

// Load takes a plan's files from a folder or a single file. Of a folder it
// takes the YAML files, not those in folders inside it or with a dot in front,
// and the picture logo.png or logo.webp as the file LogoFile.
func Load(fsys fs.FS, name string) ([]comms.PlanFile, error) {
	info, err := fs.Stat(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no plan %s; name the folder that holds its files: %w", name, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read the plan %s: %w", name, err)
	}
	if !info.IsDir() {
		f, err := load(fsys, name)
		return []comms.PlanFile{f}, err
	}
	entries, err := fs.ReadDir(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read the plan's folder %s: %w", name, err)
	}
	var files []comms.PlanFile
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || !isYAML(e.Name()) {
			continue
		}
		f, err := load(fsys, path.Join(name, e.Name()))
		if err != nil {
			return nil, err
		}
		if files = append(files, f); len(files) > maxFiles {
			return nil, fmt.Errorf("the plan's folder %s has more than %d YAML files; join some of them", name, maxFiles)
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("the plan's folder %s has no files that end with .yaml; name the folder that holds the plan", name)
	}
	return withPicture(fsys, name, files)
}

// withPicture adds the logo that lies in the folder as a picture.
func withPicture(fsys fs.FS, dir string, files []comms.PlanFile) ([]comms.PlanFile, error) {
	found := ""
	for _, name := range []string{"logo.png", "logo.webp"} {
		info, err := fs.Stat(fsys, path.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the plan's picture %s: %w", name, err)
		}
		if info.Size() > brand.MaxFile {
			return nil, fmt.Errorf("the plan's picture %s has %d bytes; it may have %d", name, info.Size(), brand.MaxFile)
		}
		if found != "" || slices.ContainsFunc(files, func(f comms.PlanFile) bool { return f.Name == LogoFile }) {
			return nil, fmt.Errorf("the plan's folder %s has two logos, %s and %s; remove one of them", dir, cmp.Or(found, LogoFile), name)
		}
		found = name
		picture, err := fs.ReadFile(fsys, path.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("read the plan's picture %s: %w", name, err)
		}
		f, err := PackLogo(picture)
		if err != nil {
			return nil, fmt.Errorf("the plan's picture %s cannot be the logo: %w", name, err)
		}
		files = append(files, f)
	}
	return files, nil
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// load reads one file; a size that no plan has is refused before it is read.
func load(fsys fs.FS, name string) (comms.PlanFile, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return comms.PlanFile{}, fmt.Errorf("read the plan's file %s: %w", name, err)
	}
	if info.Size() > maxFile {
		return comms.PlanFile{}, fmt.Errorf("the plan's file %s has %d bytes; a file of a plan has at most %d", name, info.Size(), maxFile)
	}
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return comms.PlanFile{}, fmt.Errorf("read the plan's file %s: %w", name, err)
	}
	return comms.PlanFile{Name: path.Base(name), Text: string(text)}, nil
}
