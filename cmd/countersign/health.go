package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

type healthCmd struct {
	place
	Public string        `default:":8080" placeholder:"ADDR" help:"Where the service listens for customers."`
	Wait   time.Duration `default:"2s" help:"How long it may take to answer."`
}

// Help shows an example.
func (healthCmd) Help() string {
	return `Exits with 0 when the service can serve and store, with 1 when it says that it
can not, and with 2 when nothing answers.

Example:
  countersign health --dir /var/lib/countersign`
}

// Run asks the service whether it is ready.
func (c healthCmd) Run(ctx context.Context, out io.Writer) error {
	host, port, err := net.SplitHostPort(c.Public)
	if err != nil {
		return fmt.Errorf("%q is not an address; write host:port", c.Public)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, c.Wait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("nothing answers: %w; start it with `countersign serve`", err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
	fmt.Fprintf(out, "%s", text)
	if res.StatusCode != http.StatusOK {
		return &exitError{Code: exitFinding}
	}
	return nil
}
