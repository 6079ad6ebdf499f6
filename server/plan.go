package server

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// ReadPlan takes a plan's files from a folder or a single file.
func ReadPlan(path string) ([]comms.PlanFile, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	return plan.Load(os.DirFS(filepath.Dir(path)), filepath.Base(path))
}

// WritePlan puts a plan's files into a folder; files that are there stay.
func WritePlan(dir string, files []comms.PlanFile) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the plan's folder: %w", err)
	}
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		if err := writeFile(path, []byte(f.Text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

var pageLine = regexp.MustCompile(`(?m)^(\s*page:\s*).*$`)

// AtPage gives the plan another address of its public page.
func AtPage(files []comms.PlanFile, page string) ([]comms.PlanFile, error) {
	u, err := url.Parse(page)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		return nil, comms.Refuse(comms.Invalid, "page", "%q is not the address of a page; write it as https://status.example.com", page)
	}
	out := make([]comms.PlanFile, len(files))
	found := false
	for i, f := range files {
		found = found || pageLine.MatchString(f.Text)
		out[i] = comms.PlanFile{Name: f.Name, Text: pageLine.ReplaceAllString(f.Text, "${1}"+strings.TrimRight(page, "/"))}
	}
	if !found {
		return nil, comms.Refuse(comms.Invalid, "page", "the plan names no page that could be replaced; write the address into the plan itself")
	}
	return out, nil
}

func notListed(p *plan.Plan, id plan.PersonID) error {
	var ids []string
	for _, person := range p.People {
		ids = append(ids, string(person.ID))
	}
	return comms.Refuse(comms.NotFound, "person", "%q is not on the roster of the plan in force; choose one of: %s", id, strings.Join(ids, ", "))
}
