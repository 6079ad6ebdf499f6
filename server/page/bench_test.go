package page_test

import (
	"testing"

	"github.com/countersign/countersign/server/page"
	"github.com/countersign/countersign/server/page/pagetest"
)

// BenchmarkBuild renders thirty components over ninety days with fifty
// incidents: cold for the first time, warm what one publication changes.
func BenchmarkBuild(b *testing.B) {
	pubs := pagetest.Large(b, now, 5, 45).All()
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			fresh := builder(b)
			b.StartTimer()
			if _, err := fresh.Build(pubs, now); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("warm", func(b *testing.B) {
		warm := builder(b)
		if _, err := warm.Build(pubs[:len(pubs)-1], now); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := warm.Build(pubs, now); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkPage finds the front page in a snapshot, as every request does.
func BenchmarkPage(b *testing.B) {
	s := build(b, pagetest.Large(b, now, 5, 45), now)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			doc, err := s.Page("en", "/")
			if err != nil || doc.In(page.Gzip).ETag == "" {
				b.Fatal("no front page")
			}
		}
	})
}
