package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server"
	"github.com/countersign/countersign/server/mail"
)

type demoCmd struct {
	Dir    string `default:"countersign-demo" placeholder:"DIR" help:"Folder that keeps it between runs."`
	Reset  bool   `help:"Delete what an earlier run kept, and start over."`
	Public string `default:"127.0.0.1:8080" placeholder:"ADDR" help:"Where customers are served; port 0 takes a free one."`
	Desk   string `default:"127.0.0.1:8081" placeholder:"ADDR" help:"Where the team is served; port 0 takes a free one."`
}

// Help shows an example.
func (demoCmd) Help() string {
	return `A made-up company with ten components, three people to sign in as, subscribers,
an incident of last week, planned work of next week, and a mailbox that gets
every mail. Nothing leaves this machine. Ctrl-C stops it.

Example:
  countersign demo --dir /tmp/try --public 127.0.0.1:0 --desk 127.0.0.1:0`
}

// demoMark is the first line of the settings in a folder that --reset may delete.
const demoMark = "# Made by `countersign demo`; `countersign demo --reset` deletes this folder."

// Run makes the demonstration if it is not there, and serves it.
func (c demoCmd) Run(ctx context.Context, out io.Writer) error {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return err
	}
	d := demo{folder: server.Folder(dir), log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	if err := d.claim(c.Reset); err != nil {
		return err
	}
	if err := d.listen(ctx, c.Public, c.Desk); err != nil {
		return err
	}
	defer d.close()
	if err := d.make(ctx, c.Reset); err != nil {
		return err
	}
	return d.serve(ctx, out)
}

// make makes what is missing. Nobody else serves the folder meanwhile: what
// runs on it would lose its passwords, and to --reset everything.
func (d *demo) make(ctx context.Context, anew bool) (err error) {
	if err := d.folder.Prepare([]byte(demoMark + "\n")); err != nil {
		return err
	}
	release, err := d.stored().Hold()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	if anew {
		if err := d.empty(); err != nil {
			return fmt.Errorf("delete the earlier demonstration: %w", err)
		}
	}
	if err := d.note(); err != nil {
		return err
	}
	return d.prepare(ctx)
}

// demo is a demonstration while it is made and runs.
type demo struct {
	folder             server.Folder
	log                *slog.Logger
	public, desk, smtp net.Listener
	people             []account
}

// account is somebody whom the demonstration shows how to sign in as.
type account struct{ id, name, role, password string }

// claim refuses every folder but an empty one and the demo's own.
func (d *demo) claim(anew bool) error {
	mark, err := d.mark()
	if errors.Is(err, fs.ErrNotExist) {
		if entries, _ := os.ReadDir(string(d.folder)); len(entries) == 0 {
			return nil
		}
	} else if err != nil || mark == demoMark {
		return err
	}
	if anew || err != nil {
		return comms.Refuse(comms.Forbidden, "dir", "%s was not made by the demo, and stays as it is; name another folder with --dir", d.folder)
	}
	return comms.Refuse(comms.Forbidden, "dir", "%s is a real installation; serve it with `countersign serve --dir %s`, or name another folder for the demo", d.folder, d.folder)
}

// empty deletes what an earlier run kept, except what says whose the folder is.
func (d *demo) empty() error {
	entries, err := os.ReadDir(string(d.folder))
	for _, e := range entries {
		if e.Name() != server.ConfigFile && e.Name() != server.DatabaseFile+server.LockSuffix {
			err = errors.Join(err, os.RemoveAll(d.folder.File(e.Name())))
		}
	}
	return err
}

func (d *demo) mark() (string, error) {
	f, err := os.Open(d.folder.File(server.ConfigFile))
	if err != nil {
		return "", err
	}
	defer f.Close()
	line := bufio.NewScanner(f)
	line.Scan()
	return line.Text(), line.Err()
}

// listen opens every listener first: the page's address stands in the plan.
// A port 0 takes the port of the last run if it is free, so that the links in
// mails that are there already keep working.
func (d *demo) listen(ctx context.Context, public, desk string) error {
	last, err := readConfig(string(d.folder), "")
	if err != nil {
		return err
	}
	var errs [3]error
	d.public, errs[0] = listenAgain(ctx, "public", public, last["public"])
	d.desk, errs[1] = listenAgain(ctx, "desk", desk, last["desk"])
	d.smtp, errs[2] = server.Listen(ctx, "smtp", "127.0.0.1:0")
	if err := errors.Join(errs[:]...); err != nil {
		d.close()
		return &exitError{exitUsage, err}
	}
	return nil
}

// note writes down where this run serves, for the next one and for commands.
func (d *demo) note() error {
	return d.folder.Write(server.ConfigFile, []byte(fmt.Sprintf("%s\npublic: %q\ndesk: %q\nsmtp: %q\nsmtp_security: none\nmail_from: %q\n",
		demoMark, d.public.Addr(), d.desk.Addr(), d.smtp.Addr(), demoSender)))
}

// demoSender is the address that the demonstration's mails come from.
const demoSender = "status@northwind.example"

func listenAgain(ctx context.Context, field, addr, last string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if lastHost, _, lastErr := net.SplitHostPort(last); err == nil && port == "0" && lastErr == nil && lastHost == host {
		if l, err := server.Listen(ctx, field, last); err == nil {
			return l, nil
		}
	}
	return server.Listen(ctx, field, addr)
}

func (d *demo) close() {
	for _, l := range []net.Listener{d.public, d.desk, d.smtp} {
		if l != nil {
			l.Close()
		}
	}
}

// pageURL is the address of the page as a browser on this machine opens it.
// It goes out in messages, where the language rules allow no bare IP address.
func (d *demo) pageURL() string { return "http://" + reachable(d.public.Addr()) }

func reachable(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if ok && (tcp.IP.IsUnspecified() || tcp.IP.IsLoopback()) {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return a.String()
}

func (d *demo) serve(ctx context.Context, out io.Writer) error {
	folder, err := mail.OpenFolder(d.folder.File("mailbox"), 2000, time.Now)
	if err != nil {
		return err
	}
	box := mail.NewMailbox(folder, d.log)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	boxed := make(chan struct{})
	go func() {
		defer close(boxed)
		stop(box.Serve(d.smtp))
	}()
	settings := server.Settings{
		Stored: d.stored(), Public: d.public.Addr().String(), Desk: d.desk.Addr().String(), DeskURL: "http://" + reachable(d.desk.Addr()),
		SMTP: d.smtp.Addr().String(), SMTPSecurity: "none", MailFrom: demoSender, LogLevel: "warn", Drain: 5 * time.Second,
	}
	err = server.Run(ctx, server.Config{
		Settings: settings, Options: server.Options{Log: d.log}, PublicListener: d.public, DeskListener: d.desk, Mailbox: folder,
		Started: func(net.Addr, net.Addr) { d.greet(out) },
	})
	err = errors.Join(err, box.Close())
	<-boxed
	return err
}

func (d *demo) greet(out io.Writer) {
	var b strings.Builder
	desk := "http://" + reachable(d.desk.Addr())
	fmt.Fprintf(&b, "\nCountersign demonstration\n\n  The page    %s\n  The desk    %s\n  Its mails   %s/mailbox\n\n  Sign in at the desk as\n", d.pageURL(), desk, desk)
	for _, a := range d.people {
		fmt.Fprintf(&b, "    %-8s  %s   %s, %s\n", a.id, a.password, a.name, a.role)
	}
	fmt.Fprintf(&b, "\n  Kept in %s (--reset starts over). Ctrl-C stops it.\n\n", d.folder)
	_, _ = io.WriteString(out, b.String())
}
