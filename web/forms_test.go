package web_test

import (
	"slices"
	"testing"

	"golang.org/x/net/html"

	"github.com/callboard/callboard/web"
	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

// forms are all forms of the page, with what the API has to understand.
var forms = []struct {
	form   string
	page   web.PageData
	action string
	fields []string
}{
	{"form-rewire-2", build(viewtest.Busy(), view.Query{Select: "boot.pool_b"}), "/directors/@8/members/2",
		[]string{"_method=PUT", "_back=?select=boot.pool_b", "director=b2", "weight=1"}},
	{"form-remove-1", build(viewtest.Busy(), view.Query{Select: "boot.pool_b"}), "/directors/@8/members/1",
		[]string{"_method=DELETE", "_back=?select=boot.pool_b"}},
	{"form-add-member", build(viewtest.Busy(), view.Query{Select: "boot.pool_b"}), "/directors/@8/members",
		[]string{"_back=?select=boot.pool_b", "director=", "weight=1"}},
	{"form-unpin-2", build(viewtest.Busy(), view.Query{Select: "@1"}), "/pins/2",
		[]string{"_method=DELETE", "_back=?select=%401"}},
	{"form-pin", build(viewtest.Demo(), view.Query{Select: "boot.a1"}), "/directors/@1/pins",
		[]string{"_back=?select=boot.a1", "note="}},
	{"form-health", build(viewtest.Demo(), view.Query{Select: "boot.a1"}), "/health",
		[]string{"_method=PUT", "_back=?select=boot.a1", "pattern=@1", "admin=auto", "admin=healthy", "admin=sick"}},
	{"form-default", build(viewtest.Demo(), view.Query{Select: "boot.a1"}), "/vcls/boot/default",
		[]string{"_method=PUT", "_back=?select=boot.a1", "director=@1"}},
	{"form-default", build(viewtest.Demo(), view.Query{Select: "boot.site"}), "/vcls/boot/default",
		[]string{"_method=PUT", "_back=?select=boot.site", "director="}},
	{"form-fault", build(viewtest.Demo(), view.Query{Select: "boot.a1"}), "/faults/@1",
		[]string{"_method=PUT", "_back=?select=boot.a1", "failing=true", "failing=false"}},
	{"form-try", build(viewtest.Demo(), view.Query{Select: "boot.site"}), "/directors/@10/try",
		[]string{"_back=?select=boot.site", "requests=1", "path=/", "method=", "vary=", "dry=true"}},
	{"form-add", build(viewtest.Demo(), view.Query{Select: "boot.site"}.AddingMember().AddingType("fallback")), "/directors",
		[]string{"_back=?select=boot.site", "type=fallback", "vcl=boot", "into=boot.site", "name=",
			"members[0].director=", "members[1].director=", "members[2].director=", "members[3].director="}},
	{"form-delete", build(viewtest.Demo(), view.Query{Select: "boot.a1", Panel: view.PanelDelete}), "/directors/@1",
		[]string{"_method=DELETE", "_back=?select=%401"}},
	{"form-add", build(viewtest.Demo(), view.Query{Panel: view.PanelAdd}), "/directors",
		[]string{"_back=./", "type=backend", "vcl=boot", "name=", "backend.host=127.0.0.1", "backend.port=",
			"backend.probe.url=/", "backend.probe.interval=", "backend.probe.timeout=",
			"backend.probe.window=", "backend.probe.threshold=", "backend.probe.expected_response=", "backend.probe.initial=",
			"backend.max_connections=", "backend.wait_limit=", "backend.wait_timeout=",
			"backend.connect_timeout=", "backend.first_byte_timeout=", "backend.between_bytes_timeout=", "backend.pipe_timeout=",
			"backend.path=", "backend.host_header=", "backend.proxy_header=",
			"backend.tls.insecure_skip_verify=", "backend.tls.server_name=", "backend.tls.ca_file=", "backend.tls.ca="}},
	{"form-add", build(viewtest.Demo(), view.Query{Panel: "add-random"}), "/directors",
		[]string{"_back=./", "type=random", "vcl=boot", "name=",
			"members[0].director=", "members[0].weight=1", "members[1].director=", "members[1].weight=1",
			"members[2].director=", "members[2].weight=1", "members[3].director=", "members[3].weight=1",
			"options.sticky=true", "options.retries=3", "options.by="}},
}

func TestFormsSpeakTheProtocol(t *testing.T) {
	const api = "post ../../api/v1/instances/demo"
	for _, test := range forms {
		t.Run(test.form, func(t *testing.T) {
			action, got := fields(t, open(t, test.page), test.form)
			if want := api + test.action; action != want {
				t.Errorf("got %s, want %s", action, want)
			}
			if !slices.Equal(got, test.fields) {
				t.Errorf("got fields %q,\nwant %q", got, test.fields)
			}
		})
	}
}

// fields returns the form with that id as "method action" and its fields as
// "name=value".
func fields(t *testing.T, doc *document, id string) (string, []string) {
	t.Helper()
	form := doc.byID(id)
	if form == nil {
		t.Fatalf("there is no form #%s", id)
	}
	var list []string
	for n := range form.Descendants() {
		if name := attr(n, "name"); name != "" && n.Type == html.ElementNode {
			list = append(list, name+"="+attr(n, "value"))
		}
	}
	return attr(form, "method") + " " + attr(form, "action"), list
}
