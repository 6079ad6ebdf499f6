package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/export"
	"github.com/countersign/countersign/server/outbox"
)

// metrics are what Prometheus is told. Nothing in them names a person.
type metrics struct {
	registry   *prometheus.Registry
	requests   *prometheus.HistogramVec
	deliveries *prometheus.CounterVec
	delay      *prometheus.HistogramVec
	notices    *prometheus.CounterVec
	signups    *prometheus.CounterVec
}

func newMetrics() *metrics {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	made := promauto.With(r)
	return &metrics{
		registry: r,
		requests: made.NewHistogramVec(prometheus.HistogramOpts{
			Name: "countersign_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.001, .005, .02, .1, .5, 2, 10},
		}, []string{"face", "code", "method"}),
		deliveries: made.NewCounterVec(prometheus.CounterOpts{
			Name: "countersign_deliveries_total", Help: "Attempts to tell a subscriber, by what became of them.",
		}, []string{"way", "state"}),
		delay: made.NewHistogramVec(prometheus.HistogramOpts{
			Name: "countersign_delivery_seconds", Help: "Time from publication to a delivery that was sent.",
			Buckets: []float64{1, 5, 15, 60, 300, 1800, 7200},
		}, []string{"way"}),
		notices: made.NewCounterVec(prometheus.CounterOpts{
			Name: "countersign_notices_total", Help: "Attempts to send a notice to one of the team.",
		}, []string{"kind", "sent"}),
		signups: made.NewCounterVec(prometheus.CounterOpts{
			Name: "countersign_signups_total", Help: "Requests for mail, and attempts to ask for their confirmation, by what became of them.",
		}, []string{"result"}),
	}
}

// counting counts publications by the right by which they exist.
type counting interface {
	PublicationsByWarrant(ctx context.Context) (map[signoff.WarrantKind]int64, error)
}

// publications tells what was published: up to which number this process shows
// it, and how much of it rests on which warrant, in the whole database.
func (m *metrics) publications(shown func() int64, counts counting) {
	promauto.With(m.registry).NewGaugeFunc(prometheus.GaugeOpts{
		Name: "countersign_publication", Help: "Number of the latest publication that this process has seen.",
	}, func() float64 { return float64(shown()) })
	m.registry.MustRegister(warrants{counts, prometheus.NewDesc("countersign_publications_total",
		"Publications so far, by warrant: quorum (signed one by one), holding (first words that were approved in advance), genesis (the first plan).",
		[]string{"warrant"}, nil)})
}

// warrants asks the database at each reading.
type warrants struct {
	counts counting
	desc   *prometheus.Desc
}

func (w warrants) Describe(out chan<- *prometheus.Desc) { out <- w.desc }

func (w warrants) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	counts, err := w.counts.PublicationsByWarrant(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(w.desc, err)
		return
	}
	for _, kind := range []signoff.WarrantKind{signoff.Quorum, signoff.Holding, signoff.Genesis} {
		out <- prometheus.MustNewConstMetric(w.desc, prometheus.CounterValue, float64(counts[kind]), string(kind))
	}
}

// Settled implements outbox.Observer.
func (m *metrics) Settled(way string, state outbox.DeliveryState, after time.Duration) {
	m.deliveries.WithLabelValues(way, string(state)).Inc()
	if state == outbox.Sent {
		m.delay.WithLabelValues(way).Observe(after.Seconds())
	}
}

// Noticed implements outbox.Observer.
func (m *metrics) Noticed(kind string, sent bool) {
	m.notices.WithLabelValues(kind, strconv.FormatBool(sent)).Inc()
}

// SignedUp implements outbox.Observer.
func (m *metrics) SignedUp(state outbox.DeliveryState) {
	m.signups.WithLabelValues("mail_" + string(state)).Inc()
}

// copies adds what is told of the copy of the page, and gives the function that
// tells it.
func (m *metrics) copies() func(export.About) {
	made := promauto.With(m.registry)
	number := made.NewGauge(prometheus.GaugeOpts{
		Name: "countersign_copy_publication", Help: "Number of the latest publication in the copy of the page; 0 before this process has written one.",
	})
	at := made.NewGauge(prometheus.GaugeOpts{
		Name: "countersign_copy_timestamp_seconds", Help: "When this process last wrote the copy of the page, in Unix time.",
	})
	return func(a export.About) {
		number.Set(float64(a.Publication))
		at.SetToCurrentTime()
	}
}

// Asked implements public.Observer.
func (m *metrics) Asked(result string) { m.signups.WithLabelValues(result).Inc() }

// handler answers /metrics.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// measured times the requests of one face.
func (m *metrics) measured(face string, h http.Handler) http.Handler {
	return promhttp.InstrumentHandlerDuration(m.requests.MustCurryWith(prometheus.Labels{"face": face}), h)
}
