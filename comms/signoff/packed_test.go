package signoff_test

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store/storetest"
)

func TestPackedPublicationsSayTheSame(t *testing.T) {
	o := storetest.NewOffice(t, storetest.SQLite(t))
	founding, err := o.Store.Publication(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	_, first := o.Publish("minor")
	submitted, p := o.Publish("data")
	packer, err := signoff.NewPacker(first)
	if err != nil {
		t.Fatal(err)
	}
	small := packer.Pack(p)
	if !bytes.Equal(small.Content().Bytes(), p.Content().Bytes()) || !reflect.DeepEqual(small.Message(), p.Message()) {
		t.Error("the words came back otherwise")
	}
	if facts := small.Facts(); facts.Forms != nil || !reflect.DeepEqual(facts.Incident, p.Message().Incident) || facts.Update != p.Message().Update {
		t.Errorf("the facts are %+v", facts)
	}
	if small.Head().String() != p.Head().String() || small.Follows(first.Head()) != nil || small.Digest() != p.Digest() || small.Warrant().Kind != signoff.Quorum {
		t.Error("it is another publication")
	}
	if got := packer.Pack(founding); !reflect.DeepEqual(got, founding) {
		t.Error("a plan was packed")
	}

	other, err := signoff.NewPacker(p)
	if err != nil {
		t.Fatal(err)
	}
	if again := other.Pack(small); !reflect.DeepEqual(again.Message(), p.Message()) {
		t.Error("packed by another, the words came back otherwise")
	}
	_, redaction := o.Redact(submitted, p)
	gone, err := small.Without(redaction)
	if err != nil || gone.Message().Forms != nil || gone.Content().Size() != 0 {
		t.Errorf("what was redacted still has words: %v", err)
	}
}
