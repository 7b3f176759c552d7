package browser

import (
	"maps"
	"slices"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
)

// SetViewport makes the page so many CSS pixels wide and high; a screenshot has
// scale times as many.
func (p *Page) SetViewport(width, height int, scale float64) {
	p.t.Helper()
	call(p, "setting the viewport", emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(width), Height: int64(height), DeviceScaleFactor: scale,
	})
}

// Dark makes the page believe that the user prefers dark colours, or light.
func (p *Page) Dark(on bool) {
	p.t.Helper()
	p.setMedia("prefers-color-scheme", map[bool]string{true: "dark", false: "light"}[on])
}

// ReducedMotion makes the page believe that the user wants no animations.
func (p *Page) ReducedMotion(on bool) {
	p.t.Helper()
	p.setMedia("prefers-reduced-motion", map[bool]string{true: "reduce", false: "no-preference"}[on])
}

// Print makes the page look as on paper.
func (p *Page) Print(on bool) {
	p.t.Helper()
	p.setMedia("", map[bool]string{true: "print", false: ""}[on])
}

// setMedia sets one media feature, or the media type under the name "", and
// keeps the others: the protocol replaces all at once.
func (p *Page) setMedia(feature, value string) {
	p.t.Helper()
	p.media[feature] = value
	params := emulation.SetEmulatedMediaParams{Media: p.media[""]}
	for _, name := range slices.Sorted(maps.Keys(p.media)) {
		if name != "" {
			params.Features = append(params.Features, &emulation.MediaFeature{Name: name, Value: p.media[name]})
		}
	}
	call(p, "setting "+feature, emulation.SetEmulatedMedia, params)
}

// JavaScript lets the page run scripts, or not, from the next load on. Waiting
// and acting work either way.
func (p *Page) JavaScript(on bool) {
	p.t.Helper()
	call(p, "switching JavaScript", emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: !on})
}

// BeforeLoad runs a script in each document from the next load on, before any of
// the page's own: to take something away from it that a browser usually has.
func (p *Page) BeforeLoad(script string) {
	p.t.Helper()
	call(p, "adding a script", page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
}

// Offline makes new requests of the page fail, and navigator.onLine false. It
// does not cut a websocket that is open: use a [Relay] for that.
func (p *Page) Offline(on bool) {
	p.t.Helper()
	if on {
		p.network(&network.Conditions{Offline: true, DownloadThroughput: -1, UploadThroughput: -1})
	} else {
		p.network()
	}
	call(p, "switching navigator.onLine", network.OverrideNetworkState,
		network.OverrideNetworkStateParams{Offline: on, DownloadThroughput: -1, UploadThroughput: -1})
}

// FarAway makes each answer to a new request of the page so much later.
func (p *Page) FarAway(latency time.Duration) {
	p.t.Helper()
	p.network(&network.Conditions{
		Latency: float64(latency.Milliseconds()), DownloadThroughput: -1, UploadThroughput: -1,
	})
}

// network sets the conditions of all requests from now on; without any they are
// as usual.
func (p *Page) network(conditions ...*network.Conditions) {
	p.t.Helper()
	if conditions == nil {
		conditions = []*network.Conditions{} // the protocol wants a list
	}
	call(p, "switching the network", network.EmulateNetworkConditionsByRule,
		network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: conditions})
}
