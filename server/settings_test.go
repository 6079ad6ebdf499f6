package server

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
)

func good() Settings {
	return Settings{
		Stored: Stored{Database: "sqlite:x.db", SealKey: "seal.key", SealPub: "seal.pub", SecretKey: "secret.key"},
		Public: ":8080", Desk: "127.0.0.1:8081", SMTP: "mail.example.com:587", SMTPSecurity: "starttls",
		MailFrom: "status@example.com", LogLevel: "info", Drain: 20 * time.Second,
	}
}

// TestSettingsHoldNoWords lists every setting. Whoever adds one here says by
// it that no customer will ever read it: words are signed, settings are not.
func TestSettingsHoldNoWords(t *testing.T) {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Settings]()) {
		if !f.Anonymous {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	want := []string{
		"Copy", "Database", "Desk", "DeskURL", "Drain", "LogLevel", "MailFrom", "Public", "SMTP", "SMTPPasswordFile",
		"SMTPSecurity", "SMTPUser", "SealKey", "SealPub", "SecretKey", "TrustedProxies",
	}
	if !slices.Equal(names, want) {
		t.Errorf("the settings are\n%v\nand should be\n%v", names, want)
	}
}

func TestCheck(t *testing.T) {
	if err := good().Check(); err != nil {
		t.Fatalf("good settings are refused: %v", err)
	}
	for name, c := range map[string]struct {
		spoil func(*Settings)
		field string
	}{
		"no database":            {func(s *Settings) { s.Database = "" }, "database"},
		"another database":       {func(s *Settings) { s.Database = "mysql://x/y" }, "database"},
		"postgres without name":  {func(s *Settings) { s.Database = "postgres://localhost" }, "database"},
		"a port alone":           {func(s *Settings) { s.Public = "8080" }, "public"},
		"an open desk":           {func(s *Settings) { s.Desk = ":8081" }, "desk_url"},
		"passwords in the clear": {func(s *Settings) { s.DeskURL = "http://desk.example.com" }, "desk_url"},
		"a desk with a path":     {func(s *Settings) { s.DeskURL = "https://example.com/desk" }, "desk_url"},
		"no mail server":         {func(s *Settings) { s.SMTP = "" }, "smtp"},
		"mails in the clear":     {func(s *Settings) { s.SMTPSecurity = "none" }, "smtp_security"},
		"odd protection":         {func(s *Settings) { s.SMTPSecurity = "ssl" }, "smtp_security"},
		"no sender":              {func(s *Settings) { s.MailFrom = "Status <status@example.com>" }, "mail_from"},
		"a user, no password":    {func(s *Settings) { s.SMTPUser = "me" }, "smtp_password_file"},
		"a password lost":        {func(s *Settings) { s.SMTPPasswordFile = "/does/not/exist" }, "smtp_password_file"},
		"a proxy's name":         {func(s *Settings) { s.TrustedProxies = []string{"proxy"} }, "trusted_proxies"},
		"a level":                {func(s *Settings) { s.LogLevel = "loud" }, "log_level"},
		"no time to stop":        {func(s *Settings) { s.Drain = 0 }, "drain"},
	} {
		s := good()
		c.spoil(&s)
		var bad comms.Refusals
		if err := s.Check(); !errors.As(err, &bad) || len(bad) != 1 || bad[0].Field != c.field {
			t.Errorf("%s: got %v, want one refusal of %s", name, err, c.field)
		}
	}
}

func TestCheckNamesEverythingAtOnce(t *testing.T) {
	err := Settings{}.Check()
	for _, field := range []string{"database", "public", "desk", "smtp", "smtp_security", "mail_from", "drain"} {
		if err == nil || !strings.Contains(err.Error(), field+": ") {
			t.Errorf("the error does not name %s:\n%v", field, err)
		}
	}
}

func TestStoredIn(t *testing.T) {
	got := Stored{Database: "sqlite:a.db", SealKey: "/keys/seal", SealPub: "seal.pub", SecretKey: "s"}.In("/var/x")
	want := Stored{Database: "sqlite:/var/x/a.db", SealKey: "/keys/seal", SealPub: "/var/x/seal.pub", SecretKey: "/var/x/s"}
	if got != want {
		t.Errorf("got %+v", got)
	}
	if pg := (Stored{Database: "postgres://db/x"}).In("/var/x"); pg.Database != "postgres://db/x" {
		t.Errorf("got %q", pg.Database)
	}
}
