package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server"
)

// place says which installation a command works on. Settings come from the
// flags, else from the environment, else from the YAML file, else by default.
type place struct {
	Dir    string `default:"." placeholder:"DIR" help:"Folder of the installation, as init made it."`
	Config string `placeholder:"FILE" help:"The settings; config.yaml in the folder unless named."`
}

func (p place) folder() server.Folder { return server.Folder(p.Dir) }

// BeforeResolve lets kong ask the YAML file for flags that were not given.
func (place) BeforeResolve(ctx *kong.Context) error {
	var dir, file string
	for _, f := range ctx.Flags() {
		switch f.Name {
		case "dir":
			dir, _ = ctx.FlagValue(f).(string)
		case "config":
			file, _ = ctx.FlagValue(f).(string)
		}
	}
	values, err := readConfig(dir, file)
	if err != nil {
		return err
	}
	ctx.AddResolver(kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		// Kong would put the file above the environment.
		for _, name := range flag.Envs {
			if _, set := os.LookupEnv(name); set {
				return nil, nil
			}
		}
		if v, ok := values[fieldName(flag.Name)]; ok {
			return v, nil
		}
		return nil, nil
	}))
	return nil
}

// readConfig reads the YAML file and refuses names that are no settings.
func readConfig(dir, file string) (map[string]string, error) {
	named := file != ""
	if !named {
		file = server.Folder(dir).File(server.ConfigFile)
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the settings cannot be read: %w", err)
	}
	var raw map[string]any
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return nil, fmt.Errorf("%s is not YAML:\n%s", file, yaml.FormatError(err, false, true))
	}
	known := settingNames()
	values := map[string]string{}
	var bad comms.Refusals
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if !slices.Contains(known, name) {
			bad = append(bad, comms.Refuse(comms.Invalid, name, "%s has no setting of this name; the settings are: %s", file, strings.Join(known, ", ")))
			continue
		}
		if values[name], err = settingText(raw[name]); err != nil {
			bad = append(bad, comms.Refuse(comms.Invalid, name, "%s: %v", file, err))
		}
	}
	if len(bad) > 0 {
		return nil, &exitError{exitUsage, bad}
	}
	return values, nil
}

func settingText(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = fmt.Sprint(e)
		}
		return strings.Join(parts, ","), nil
	case map[string]any:
		return "", errors.New("this setting is a value or a list; take the names under it away")
	}
	return fmt.Sprint(v), nil
}

// settingNames lists the settings as the YAML file spells them.
func settingNames() []string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[server.Settings]()) {
		if f.Anonymous {
			continue
		}
		name := f.Tag.Get("name")
		if name == "" {
			name = kebab(f.Name)
		}
		names = append(names, fieldName(name))
	}
	slices.Sort(names)
	return names
}

func fieldName(flag string) string { return strings.ReplaceAll(flag, "-", "_") }

// kebab writes a field's name as kong writes its flag: MailFrom is mail-from.
func kebab(name string) string {
	var out strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' && i > 0 {
			out.WriteByte('-')
		}
		out.WriteString(strings.ToLower(string(r)))
	}
	return out.String()
}
