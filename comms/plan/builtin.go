package plan

import (
	"embed"
	"io/fs"

	"github.com/countersign/countersign/comms"
)

//go:embed builtin/*.yaml
var builtinFiles embed.FS

// Builtin returns the files of the plan that ships with the program, sorted by
// name: a company called Northwind, which a real one replaces by its own.
func Builtin() []comms.PlanFile {
	entries, err := fs.ReadDir(builtinFiles, "builtin")
	if err != nil {
		return nil // the folder is embedded: the build fails without it
	}
	files := make([]comms.PlanFile, 0, len(entries))
	for _, e := range entries {
		text, err := fs.ReadFile(builtinFiles, "builtin/"+e.Name())
		if err == nil {
			files = append(files, comms.PlanFile{Name: e.Name(), Text: string(text)})
		}
	}
	return files
}
