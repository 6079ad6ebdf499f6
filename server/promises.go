package server

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/countersign/countersign/comms/promise"
)

// ledger counts what was promised and what became of it.
type ledger interface {
	PromiseCounts(ctx context.Context) (map[promise.Kind]map[promise.State]int, map[promise.Step]int, error)
}

// promised tells Prometheus what the database holds of promises, so that the
// figures are the same from every process and survive a restart.
type promised struct {
	ledger                     ledger
	log                        *slog.Logger
	decided, waiting, reminded *prometheus.Desc
}

// patience is how long a scrape waits for the database.
const patience = 5 * time.Second

// promises adds what is told of promises.
func (m *metrics) promises(l ledger, log *slog.Logger) {
	m.registry.MustRegister(&promised{
		ledger: l, log: log,
		decided:  prometheus.NewDesc("countersign_promises_total", "Promises that were decided, by what was promised and what became of it.", []string{"kind", "outcome"}, nil),
		waiting:  prometheus.NewDesc("countersign_promises_open", "Promises that are not decided yet.", []string{"kind"}, nil),
		reminded: prometheus.NewDesc("countersign_reminders_total", "Reminders of promises, by how far they had come.", []string{"step"}, nil),
	})
}

// Describe implements prometheus.Collector.
func (p *promised) Describe(to chan<- *prometheus.Desc) {
	to <- p.decided
	to <- p.waiting
	to <- p.reminded
}

// Collect implements prometheus.Collector. Where the database does not answer,
// the figures are missing rather than wrong.
func (p *promised) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	promises, reminders, err := p.ledger.PromiseCounts(ctx)
	if err != nil {
		p.log.WarnContext(ctx, "the metrics of promises are missing", "error", err)
		return
	}
	for _, kind := range promise.Kinds() {
		for _, state := range []promise.State{promise.Kept, promise.Missed, promise.Withdrawn} {
			to <- prometheus.MustNewConstMetric(p.decided, prometheus.CounterValue, float64(promises[kind][state]), string(kind), string(state))
		}
		to <- prometheus.MustNewConstMetric(p.waiting, prometheus.GaugeValue, float64(promises[kind][promise.Open]), string(kind))
	}
	for _, step := range promise.Steps() {
		to <- prometheus.MustNewConstMetric(p.reminded, prometheus.CounterValue, float64(reminders[step]), step.String())
	}
}
