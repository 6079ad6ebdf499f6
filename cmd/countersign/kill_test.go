package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/mail/mailtest"
	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store/storetest"
)

// TestKill ends the service with kill -9 while it publishes and tells 500
// subscribers, again and again. Nothing that it had accepted may be lost, and
// nobody may be told more often than mails were in flight.
func TestKill(t *testing.T) {
	kills := 5
	if n, err := strconv.Atoi(os.Getenv("COUNTERSIGN_KILLS")); err == nil {
		kills = n
	}
	for name, database := range map[string]func(testing.TB) string{
		"sqlite":   func(testing.TB) string { return "sqlite:" + server.DatabaseFile },
		"postgres": storetest.PostgresSchema,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newVictim(t, database(t)).killed(kills)
		})
	}
}

const killSubscribers = 500

// victim is an installation that is going to be killed.
type victim struct {
	t          *testing.T
	dir        string
	stored     server.Stored
	sink       *mailtest.Server
	dana, ines *visitor
	running    *process
	published  int64 // updates so far; the plan was published before them, as number 1
	unrecorded int   // mails that were in flight at a kill, so far
}

// slow is a mail server that takes its time, so that kills find mails in flight.
func slow(at mailtest.Stage, _ string, _ int) error {
	if at == mailtest.AfterData {
		time.Sleep(5 * time.Millisecond)
	}
	return nil
}

func newVictim(t *testing.T, database string) *victim {
	t.Helper()
	v := &victim{t: t, dir: t.TempDir() + "/installation", sink: mailtest.Start(t, "", slow)}
	code, out := command(t, "init", "--dir", v.dir, "--database", database, "--page", "http://localhost:9", "--smtp", v.sink.Addr)
	if code != 0 {
		t.Fatalf("init: %d\n%s", code, out)
	}
	v.stored = server.Stored{Database: database, SealKey: server.SealKeyFile, SealPub: server.SealPubFile, SecretKey: server.SecretFile}.In(server.Folder(v.dir))
	v.look(func(in *server.Installation) {
		for i := range killSubscribers {
			s := comms.Subscriber{ID: comms.NewID(), Address: fmt.Sprintf("s%d@customer.example", i), Lang: "en", Choice: comms.Choice{Everything: true}, ConfirmedAt: time.Now()}
			if err := in.Store.AddSubscriber(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		v.dana, v.ines = newVisitor(t, "dana", auth.NewPassword()), newVisitor(t, "ines", auth.NewPassword())
		for _, who := range []*visitor{v.dana, v.ines} {
			if err := in.Auth.SetPassword(t.Context(), plan.PersonID(who.name), who.password); err != nil {
				t.Fatal(err)
			}
		}
	})
	return v
}

// look opens the database beside the service, or after its death.
func (v *victim) look(fn func(*server.Installation)) {
	v.t.Helper()
	in, err := server.Open(context.Background(), v.stored, server.Options{})
	if err != nil {
		v.t.Fatal(err)
	}
	defer in.Close()
	fn(in)
}

func (v *victim) start() {
	v.t.Helper()
	v.running = start(v.t, "serve", "--dir", v.dir, "--public", "127.0.0.1:0", "--desk", "127.0.0.1:0", "--smtp-security", "none", "--drain", "5s")
	desk := v.running.await(`msg=serving public=\S+ desk=(\S+)`)[1]
	v.dana.desk, v.ines.desk = "http://"+desk, "http://"+desk
}

func (v *victim) killed(kills int) {
	v.t.Helper()
	components := []string{"exports", "search", "documents", "payments", "notifications", "web-app", "mobile-app", "public-api", "sign-in"}
	v.start()
	v.dana.signIn()
	v.ines.signIn()
	for i := range kills {
		update := v.dana.writeAndSubmit(components[i%len(components)])
		time.AfterFunc(time.Duration(rand.Int64N(int64(1500*time.Millisecond))), v.running.kill)
		said, _ := v.ines.sign(update) // the kill may come at any moment of it
		<-v.running.done
		v.count(said)
		v.start()
		v.finish(update)
	}
	v.settle()
}

// connections is how many mails one publication has in flight at most.
const connections = 4

// count looks at what the kill left behind. A mail was in flight if the mail
// server has it and the service did not come to record that.
func (v *victim) count(said bool) {
	v.t.Helper()
	time.Sleep(200 * time.Millisecond) // the mail server reads what still lies in its socket
	arrived := v.arrived()
	v.look(func(in *server.Installation) {
		head, err := in.Store.Head(v.t.Context())
		if err != nil {
			v.t.Fatal(err)
		}
		had := head.Number > v.published+1
		v.t.Logf("killed: it said that it had published: %t, it had: %t, mails were out: %d", said, had, len(arrived[v.published+2]))
		if said && !had {
			v.t.Fatal("the service said that it had published, and after the kill it had not")
		}
		unrecorded, under := 0, 0
		for number := int64(2); number <= head.Number; number++ {
			tally, _, err := in.Store.Tally(v.t.Context(), number)
			if err != nil {
				v.t.Fatal(err)
			}
			for _, n := range arrived[number] {
				unrecorded += n
			}
			unrecorded -= tally[outbox.Sent]
			if tally[outbox.Sent] < killSubscribers {
				under++
			}
		}
		if inFlight := unrecorded - v.unrecorded; inFlight > connections*under {
			v.t.Errorf("%d mails were in flight at the kill, over %d connections", inFlight, connections*under)
		}
		v.unrecorded = unrecorded
	})
}

// arrived is how often each subscriber got each publication.
func (v *victim) arrived() map[int64]map[string]int {
	out := map[int64]map[string]int{}
	for _, l := range v.sink.Letters() {
		var number int64
		if n, _ := fmt.Sscanf(l.MessageID, "p%d.", &number); n != 1 {
			continue // a notice to the team
		}
		if out[number] == nil {
			out[number] = map[string]int{}
		}
		out[number][l.To]++
	}
	return out
}

// finish signs again if the kill came before the signature.
func (v *victim) finish(update string) {
	v.t.Helper()
	page, err := v.ines.get(update)
	if err != nil {
		v.t.Fatal(err)
	}
	if strings.Contains(page.body, update+"/sign") {
		if said, err := v.ines.sign(update); !said {
			v.t.Fatalf("nothing was signed before the kill, and now it cannot be: %v", err)
		}
	}
	v.published++
	v.look(func(in *server.Installation) {
		head, err := in.Store.Head(v.t.Context())
		if err != nil {
			v.t.Fatal(err)
		}
		if want := v.published + 1; head.Number != want {
			v.t.Fatalf("%d publications, want %d", head.Number, want)
		}
	})
}

// settle waits until everybody has been told, and looks at the whole.
func (v *victim) settle() {
	v.t.Helper()
	begun := time.Now()
	v.look(func(in *server.Installation) {
		for number := int64(2); number <= v.published+1; number++ {
			for {
				tally, spread, err := in.Store.Tally(v.t.Context(), number)
				if err != nil {
					v.t.Fatal(err)
				}
				if spread && tally[outbox.Sent] == killSubscribers {
					break
				}
				if time.Since(begun) > 4*time.Minute {
					v.t.Fatalf("publication %d reached %v of %d (spread: %t)\n%s", number, tally, killSubscribers, spread, v.running.written())
				}
				time.Sleep(100 * time.Millisecond)
			}
		}
	})
	if code := v.running.stop(syscall.SIGTERM); code != 0 {
		v.t.Errorf("SIGTERM ended the service with %d\n%s", code, v.running.written())
	}
	repeats := 0
	for number, to := range v.arrived() {
		if len(to) != killSubscribers {
			v.t.Errorf("publication %d reached %d of %d subscribers", number, len(to), killSubscribers)
		}
		for _, n := range to {
			repeats += n - 1
		}
	}
	v.t.Logf("%d publications to %d subscribers: %d repeats, %d mails were in flight at a kill; all told %s after the last start",
		v.published, killSubscribers, repeats, v.unrecorded, time.Since(begun).Round(time.Second))
	if repeats > v.unrecorded {
		v.t.Errorf("%d mails were sent twice, and only %d were in flight", repeats, v.unrecorded)
	}
	if code, out := command(v.t, "audit", "verify", "--dir", v.dir); code != 0 {
		v.t.Errorf("audit verify: %d\n%s", code, out)
	}
}
