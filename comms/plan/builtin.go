package plan

import (
	"cmp"
	"embed"
	"io/fs"
	"maps"
	"slices"

	"github.com/countersign/countersign/comms"
)

//go:embed builtin/*/*.yaml
var builtinFiles embed.FS

// Variant names one of the plans that ship with the program.
type Variant string

// The variants, by the size of the company that they are for.
const (
	Small     Variant = "small"     // one team
	Standard  Variant = "standard"  // several teams
	Regulated Variant = "regulated" // lawyers sign what is said of data, and more people sign all else
)

// layers are the folders that a variant is made of. A file of a later one takes
// the place of the file of the same name before it.
var layers = map[Variant][]string{
	Small:     {"shared", "small"},
	Standard:  {"shared", "standard"},
	Regulated: {"shared", "standard", "regulated"},
}

// Variants lists the variants from the smallest company on.
func Variants() []Variant { return []Variant{Small, Standard, Regulated} }

// Builtin returns the files of the standard plan that ships with the program.
func Builtin() []comms.PlanFile { return BuiltinFor(Standard) }

// BuiltinFor returns the files of a variant of the plan that ships with the
// program, sorted by name; none for one that does not exist. It is of a company
// called Northwind, which a real one replaces by its own.
func BuiltinFor(v Variant) []comms.PlanFile {
	texts := map[string]string{}
	for _, layer := range layers[v] {
		// The folders are embedded: the build fails without them.
		entries, _ := fs.ReadDir(builtinFiles, "builtin/"+layer)
		for _, e := range entries {
			if text, err := fs.ReadFile(builtinFiles, "builtin/"+layer+"/"+e.Name()); err == nil {
				texts[e.Name()] = string(text)
			}
		}
	}
	var files []comms.PlanFile
	for name := range maps.Keys(texts) {
		files = append(files, comms.PlanFile{Name: name, Text: texts[name]})
	}
	slices.SortFunc(files, func(a, b comms.PlanFile) int { return cmp.Compare(a.Name, b.Name) })
	return files
}
