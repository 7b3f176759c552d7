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

	r.Get("/i/{instance}", s.handle(s.instanceSlash))
	r.Get("/i/{instance}/", s.handle(s.page))
	r.Get("/i/{instance}/live", s.handle(s.live))
	r.Get("/i/{instance}/tree.json", s.handle(s.treeJSON))
	r.Get("/i/{instance}/tree.dot", s.handle(s.treeDot))
	r.Get("/i/{instance}/tree.svg", s.handle(s.treeSVG))

	r.Route("/api/v1/instances", func(r chi.Router) {
		r.Get("/", s.handle(s.listInstances))
		r.Route("/{instance}", func(r chi.Router) {
			r.Get("/", s.handle(s.getInstance))
			r.Get("/events", s.handle(s.events))

			r.Get("/directors", s.handle(s.listDirectors))
			r.Post("/directors", s.handle(s.createDirector))
			r.Get("/directors/{d}", s.handle(s.getDirector))
			r.Delete("/directors/{d}", s.handle(s.deleteDirector))
			r.Get("/directors/{d}/delete-preview", s.handle(s.previewDelete))
			r.Get("/directors/{d}/dump", s.handle(s.dumpDirector))

			r.Post("/directors/{d}/members", s.handle(s.addMember))
			r.Put("/directors/{d}/members/{slot}", s.handle(s.setMember))
			r.Delete("/directors/{d}/members/{slot}", s.handle(s.removeMember))
			r.Post("/directors/{d}/pins", s.handle(s.pin))
			r.Delete("/pins/{id}", s.handle(s.unpin))

			r.Get("/backend.list", s.handle(s.backendList))
			r.Put("/health", s.handle(s.setHealth))
			r.Put("/faults/{d}", s.handle(s.setFault))

			r.Post("/vcls", s.handle(s.addVCL))
			r.Delete("/vcls/{v}", s.handle(s.discardVCL))
			r.Put("/vcls/{v}/temperature", s.handle(s.setTemperature))
			r.Put("/vcls/{v}/default", s.handle(s.setDefault))
			r.Put("/labels/{label}", s.handle(s.setLabel))
			r.Delete("/labels/{label}", s.handle(s.removeLabel))
			r.Put("/active", s.handle(s.setActive))
		})
	})
	return r
}
