package server

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/mail"
)

// Stored says where an installation keeps what it keeps. Relative paths begin
// at its folder.
type Stored struct {
	Database  string `default:"sqlite:countersign.db" placeholder:"URL" help:"sqlite:FILE or postgres://USER@HOST/NAME."`
	SealKey   string `default:"seal.key" placeholder:"FILE" help:"The key that seals publications."`
	SealPub   string `default:"seal.pub" placeholder:"FILE" help:"Every public key that the installation has had."`
	SecretKey string `default:"secret.key" placeholder:"FILE" help:"The secret of the links in mails."`
}

// In returns the same with relative paths made to begin at the folder.
func (s Stored) In(f Folder) Stored {
	for _, p := range []*string{&s.SealKey, &s.SealPub, &s.SecretKey} {
		*p = f.Path(*p)
	}
	if kind, where, err := splitDatabase(s.Database); err == nil && kind == "sqlite" {
		s.Database = "sqlite:" + f.Path(where)
	}
	return s
}

// Settings are what an installation is told from outside: addresses, limits
// and the places of secrets. They hold no word that a customer could read:
// every one of those is signed, in the plan or in an update.
type Settings struct {
	Stored `embed:""`

	Public  string `default:":8080" placeholder:"ADDR" help:"Where customers are served."`
	Desk    string `default:"127.0.0.1:8081" placeholder:"ADDR" help:"Where the team is served: keep it off the internet, or behind TLS."`
	DeskURL string `name:"desk-url" placeholder:"URL" help:"Address of the desk as the team's browsers see it, such as https://desk.example.com; needed unless the desk is on loopback."`

	SMTP             string `name:"smtp" placeholder:"HOST:PORT" help:"The mail server that takes outgoing mail."`
	SMTPSecurity     string `name:"smtp-security" default:"starttls" placeholder:"starttls|tls|none" help:"How the connection to the mail server is protected; none is for loopback."`
	SMTPUser         string `name:"smtp-user" placeholder:"NAME" help:"User name at the mail server, if it asks for one."`
	SMTPPasswordFile string `name:"smtp-password-file" placeholder:"FILE" help:"File with the password at the mail server."`
	MailFrom         string `placeholder:"ADDRESS" help:"The address that mails come from."`

	Copy string `placeholder:"DIR" help:"Folder for a copy of the page as files, written after every publication; none unless named."`

	TrustedProxies []string      `placeholder:"CIDR" help:"Proxies whose X-Forwarded-For is believed; none unless named."`
	LogLevel       string        `default:"info" placeholder:"debug|info|warn|error" help:"What is logged."`
	Drain          time.Duration `default:"20s" help:"How long requests and mails under way may take to finish when the service stops."`
}

// Check names everything that is wrong with the settings, each with its fix.
func (s Settings) Check() error {
	var bad comms.Refusals
	refuse := func(field, format string, args ...any) {
		bad = append(bad, comms.Refuse(comms.Invalid, field, format, args...))
	}
	if _, _, err := splitDatabase(s.Database); err != nil {
		refuse("database", "%v", err)
	}
	for _, l := range []struct{ field, addr string }{{"public", s.Public}, {"desk", s.Desk}} {
		if _, _, err := net.SplitHostPort(l.addr); err != nil {
			refuse(l.field, "%q is not an address to listen on; write host:port, such as 127.0.0.1:8081, or :8080 for every interface", l.addr)
		}
	}
	s.checkDeskURL(refuse)
	s.checkMail(refuse)
	for _, p := range s.TrustedProxies {
		if _, err := netip.ParsePrefix(p); err != nil {
			refuse("trusted_proxies", "%q is not a network; write it as 10.0.0.0/8 or, for one address, 192.0.2.7/32", p)
		}
	}
	if _, err := s.level(); err != nil {
		refuse("log_level", "%q is no level; choose debug, info, warn or error", s.LogLevel)
	}
	if s.Drain <= 0 || s.Drain > 10*time.Minute {
		refuse("drain", "%s is no time to stop in; choose between 1s and 10m", s.Drain)
	}
	if len(bad) > 0 {
		return bad
	}
	return nil
}

func (s Settings) checkDeskURL(refuse func(field, format string, args ...any)) {
	if s.DeskURL == "" {
		if !loopback(s.Desk) {
			refuse("desk_url", "the desk listens on %s, which other machines reach, and nothing says how; set the address that the team opens, such as https://desk.example.com", s.Desk)
		}
		return
	}
	u, err := url.Parse(s.DeskURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "":
		refuse("desk_url", "%q is not the address of a desk; write it as https://desk.example.com, without a path", s.DeskURL)
	case u.Scheme == "http" && !loopback(u.Host):
		refuse("desk_url", "%q would send passwords in the clear; put a TLS proxy before the desk and write https://", s.DeskURL)
	}
}

func (s Settings) checkMail(refuse func(field, format string, args ...any)) {
	if _, port, err := net.SplitHostPort(s.SMTP); err != nil || port == "" {
		refuse("smtp", "%q is not a mail server; write host:port, such as mail.example.com:587", s.SMTP)
	}
	switch s.SMTPSecurity {
	case "starttls", "tls":
	case "none":
		if !loopback(s.SMTP) {
			refuse("smtp_security", "mails to %s would travel in the clear; choose starttls or tls, or a mail server on loopback", s.SMTP)
		}
	default:
		refuse("smtp_security", "%q is no protection; choose starttls, tls or none", s.SMTPSecurity)
	}
	if !mail.ValidAddress(s.MailFrom) {
		refuse("mail_from", "%q is not an address that mails can come from; write it as status@example.com", s.MailFrom)
	}
	if s.SMTPUser != "" && s.SMTPPasswordFile == "" {
		refuse("smtp_password_file", "smtp_user is set and no password; name the file that holds it")
	}
	if s.SMTPPasswordFile != "" {
		if _, err := os.ReadFile(s.SMTPPasswordFile); err != nil {
			refuse("smtp_password_file", "the password of the mail server cannot be read (%v); mend the path or its permissions", err)
		}
	}
}

// Logger is the log that the settings ask for.
func (s Settings) Logger(w io.Writer) *slog.Logger {
	level, err := s.level()
	if err != nil {
		level = slog.LevelInfo // Check has said what is wrong
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

func (s Settings) level() (slog.Level, error) {
	var l slog.Level
	err := l.UnmarshalText([]byte(s.LogLevel))
	return l, err
}

// deskURL is the address of the desk for links in mails to the team.
func (s Settings) deskURL(listening net.Addr) string {
	if s.DeskURL != "" {
		return strings.TrimRight(s.DeskURL, "/")
	}
	return "http://" + listening.String()
}

func (s Settings) proxies() []netip.Prefix {
	var out []netip.Prefix
	for _, p := range s.TrustedProxies {
		if prefix, err := netip.ParsePrefix(p); err == nil {
			out = append(out, prefix)
		}
	}
	return out
}

// loopback tells whether only this machine reaches a host:port.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// splitDatabase tells which database a URL names, and where it is.
func splitDatabase(database string) (kind, where string, err error) {
	switch scheme, rest, _ := strings.Cut(database, ":"); {
	case scheme == "sqlite" && rest != "":
		return scheme, rest, nil
	case scheme == "postgres" || scheme == "postgresql":
		u, err := url.Parse(database)
		if err != nil || u.Path == "" {
			return "", "", fmt.Errorf("this is not the address of a PostgreSQL database; write postgres://user@host/name")
		}
		return "postgres", database, nil
	}
	return "", "", fmt.Errorf("%q names no database; write sqlite:FILE or postgres://user@host/name", database)
}
