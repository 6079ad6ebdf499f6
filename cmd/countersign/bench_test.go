package main

import (
	"strings"
	"testing"
	"time"
)

// TestBenchWithoutNginx is told what to install.
func TestBenchWithoutNginx(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := benchPageCmd{Rounds: 1, Time: time.Second, Connections: 1, Path: "/en/", Nginx: true}.Run(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "apt-get install nginx wrk") {
		t.Errorf("without nginx: %v", err)
	}
}
