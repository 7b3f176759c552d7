package server

import (
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// routes is the whole table of what the server answers to.
func (s *Server) routes() *chi.Mux {
	r := chi.NewRouter()
	r.Use(middleware.GetHead)
	r.NotFound(s.handle(s.notFound))
	r.MethodNotAllowed(s.handle(s.methodNotAllowed))

	r.Get("/", s.handle(s.home))
	r.Get("/static/*", s.handle(s.static))
	r.Get("/healthz", s.handle(s.healthz))
	r.Get("/readyz", s.handle(s.readyz))
	r.Get("/metrics", s.handle(s.metrics))
	r.Get("/api/openapi.json", s.handle(s.openAPI))
	r.Get("/api/docs", s.handle(s.docs))

	r.Get("/i/{instance}", s.handle(s.instanceSlash))
	r.Get("/i/{instance}/", s.handle(s.page))
	r.Get("/i/{instance}/live", s.handle(s.live))
	r.Get("/i/{instance}/travel", s.handle(s.travel))
	r.Get("/i/{instance}/timeline", s.handle(s.timeline))
	r.Get("/i/{instance}/tree.json", s.handle(s.treeJSON))
	r.Get("/i/{instance}/tree.dot", s.handle(s.treeDot))
	r.Get("/i/{instance}/tree.svg", s.handle(s.treeSVG))

	// No sub-router: it would answer for all methods where it is mounted.
	const all, api = "/api/v1/instances", "/api/v1/instances/{instance}"
	r.Get(all, s.handle(s.listInstances))
	r.Get(all+"/", s.handle(s.listInstances))
	r.Get(api, s.handle(s.getInstance))
	r.Get(api+"/", s.handle(s.getInstance))
	r.Get(api+"/events", s.handle(s.events))

	r.Get(api+"/directors", s.handle(s.listDirectors))
	r.Post(api+"/directors", s.command(s.createDirector))
	r.Get(api+"/directors/{d}", s.handle(s.getDirector))
	r.Delete(api+"/directors/{d}", s.command(s.deleteDirector))
	r.Get(api+"/directors/{d}/delete-preview", s.handle(s.previewDelete))
	r.Get(api+"/directors/{d}/assign-preview", s.handle(s.previewAssign))
	r.Get(api+"/directors/{d}/dump", s.handle(s.dumpDirector))

	r.Post(api+"/directors/{d}/members", s.command(s.addMember))
	r.Put(api+"/directors/{d}/members/{slot}", s.command(s.setMember))
	r.Delete(api+"/directors/{d}/members/{slot}", s.command(s.removeMember))
	r.Post(api+"/directors/{d}/pins", s.command(s.pin))
	r.Delete(api+"/pins/{id}", s.command(s.unpin))
	r.Get(api+"/undo", s.handle(s.listUndo))
	r.Post(api+"/undo/{id}", s.command(s.undo))

	r.Post(api+"/directors/{d}/try", s.handle(s.tryDirector))
	r.Post(api+"/probe-test", s.handle(s.testProbe))

	r.Get(api+"/backend.list", s.handle(s.backendList))
	r.Put(api+"/health", s.command(s.setHealth))
	r.Put(api+"/faults/{d}", s.command(s.setFault))

	r.Post(api+"/vcls", s.command(s.addVCL))
	r.Delete(api+"/vcls/{v}", s.command(s.discardVCL))
	r.Put(api+"/vcls/{v}/temperature", s.command(s.setTemperature))
	r.Put(api+"/vcls/{v}/default", s.command(s.setDefault))
	r.Put(api+"/labels/{label}", s.command(s.setLabel))
	r.Delete(api+"/labels/{label}", s.command(s.removeLabel))
	r.Put(api+"/active", s.command(s.setActive))

	r.Get(api+"/step", s.handle(s.getStep))
	r.Put(api+"/step", s.command(s.setStep))
	r.Post(api+"/step/next", s.command(s.nextStep))
	return r
}
