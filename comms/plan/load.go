package plan

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/countersign/countersign/comms"
)

// Load takes a plan's files from a folder or a single file. Of a folder it
// takes the YAML files, not those in folders inside it or with a dot in front.
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
