package plan

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestLoad(t *testing.T) {
	fsys := fstest.MapFS{
		"plan/b.yml":          {Data: []byte("b: 1")},
		"plan/a.yaml":         {Data: []byte("a: 1")},
		"plan/.hidden.yaml":   {Data: []byte("no")},
		"plan/notes.txt":      {Data: []byte("no")},
		"plan/deep/c.yaml":    {Data: []byte("no")},
		"one.yaml":            {Data: []byte("one: 1")},
		"empty/notes.txt":     {Data: []byte("no")},
		"big/big.yaml":        {Data: make([]byte, maxFile+1)},
		"crowd/" + "x00.yaml": {Data: []byte("x: 1")},
	}
	for i := range 60 {
		fsys["crowd/y"+strings.Repeat("y", i)+".yaml"] = &fstest.MapFile{Data: []byte("x: 1")}
	}
	for _, c := range []struct{ name, want, fails string }{
		{"plan", "a.yaml=a: 1,b.yml=b: 1", ""},
		{"one.yaml", "one.yaml=one: 1", ""},
		{"empty", "", "has no files that end with .yaml"},
		{"big", "", "has 1048577 bytes"},
		{"crowd", "", "has more than 50 YAML files"},
		{"missing", "", "there is no plan missing; name the folder"},
	} {
		files, err := Load(fsys, c.name)
		var got []string
		for _, f := range files {
			got = append(got, f.Name+"="+f.Text)
		}
		if c.fails != "" {
			if err == nil || !strings.Contains(err.Error(), c.fails) {
				t.Errorf("%s: got %v, want %q", c.name, err, c.fails)
			}
			continue
		}
		if err != nil || strings.Join(got, ",") != c.want {
			t.Errorf("%s: got %v, %v; want %s", c.name, got, err, c.want)
		}
	}
}
