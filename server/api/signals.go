package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

// webhook is what Prometheus Alertmanager sends, version "4"
// (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config):
// what is read of it. It may have other members; their format grows.
type webhook struct {
	Version string  `json:"version"`
	Alerts  []alert `json:"alerts"`
}

type alert struct {
	Status      string            `json:"status"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    string            `json:"startsAt"` // RFC 3339
	Fingerprint string            `json:"fingerprint"`
}

// The bounds of one notification. What is left out because of max_alerts comes
// again with the next one, or another group.
const (
	webhookVersion     = "4"
	mostAlerts         = 500
	longestFingerprint = 64 // characters; Alertmanager's have 16
)

// alertmanager takes a notification of Prometheus Alertmanager. It answers at
// once what became of each alert, and never submits anything. Alertmanager
// sends again after 5xx, and not after 4xx.
func (a *api) alertmanager(v *visit) error {
	o, body, err := v.object(false)
	if err != nil {
		return err
	}
	o.bad = new(comms.Refusals)
	alerts := o.alerts(body)
	if err := o.wrong(); err != nil {
		return err
	}
	heard, err := a.c.Desk.Hear(v.Request().Context(), v.actor, alerts)
	if err != nil {
		return err
	}
	type result struct {
		Fingerprint string       `json:"fingerprint"`
		Outcome     desk.Outcome `json:"outcome"`
		Incident    *comms.ID    `json:"incident"`
		Update      *comms.ID    `json:"update"` // the draft that was begun or fed
		URL         string       `json:"url"`    // at the desk, for people
	}
	list := []result{}
	for _, h := range heard {
		one := result{Fingerprint: h.Fingerprint, Outcome: h.Outcome, URL: a.c.DeskURL + "/"}
		if h.Incident != "" {
			one.Incident, one.URL = &h.Incident, a.c.DeskURL+"/incidents/"+string(h.Incident)
		}
		if h.Update != "" {
			one.Update, one.URL = &h.Update, a.c.DeskURL+"/updates/"+string(h.Update)
		}
		list = append(list, one)
	}
	return v.answer(http.StatusOK, map[string]any{"alerts": list})
}

// alerts reads a notification, and refuses what it could not act upon.
func (o *object) alerts(body []byte) []desk.Alert {
	var hook webhook
	var wrong *json.UnmarshalTypeError
	if err := json.Unmarshal(body, &hook); errors.As(err, &wrong) && wrong.Field != "version" {
		o.refuse("/"+strings.ReplaceAll(wrong.Field, ".", "/"), "this is a JSON %s, and Alertmanager sends something else here; see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config", wrong.Value)
		return nil
	}
	if hook.Version != webhookVersion {
		o.refuse("/version", "this address understands version %q of Alertmanager's webhook, and the body does not say that it is one; send it from Alertmanager 0.6 or newer", webhookVersion)
		return nil
	}
	switch n := len(hook.Alerts); {
	case n == 0:
		o.refuse("/alerts", "the notification holds no alerts; send at least one")
	case n > mostAlerts:
		o.refuse("/alerts", "the notification holds %d alerts; set max_alerts to at most %d in Alertmanager's webhook_config", n, mostAlerts)
		return nil
	}
	var out []desk.Alert
	for i, one := range hook.Alerts {
		at := fmt.Sprintf("/alerts/%d", i)
		if one.Status != "firing" && one.Status != "resolved" {
			o.refuse(at+"/status", "%q is not a status of an alert; it is firing or resolved", one.Status)
		}
		if one.Fingerprint == "" || len(one.Fingerprint) > longestFingerprint || strings.ContainsFunc(one.Fingerprint, func(r rune) bool { return r <= ' ' || r > '~' }) {
			o.refuse(at+"/fingerprint", "the alert has no fingerprint of 1 to %d letters and digits, so that it could not be told from others", longestFingerprint)
		}
		since, err := moment3339(one.StartsAt)
		if err != nil {
			o.refuse(at+"/startsAt", "%q is not a time: write it as 2026-11-23T15:00:00Z", one.StartsAt)
		}
		out = append(out, desk.Alert{
			Fingerprint: one.Fingerprint, Labels: one.Labels, Notes: one.Annotations, Firing: one.Status == "firing", Since: since,
		})
	}
	return out
}

// moment3339 reads a time that may be missing.
func moment3339(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	return t.UTC(), err
}
