# One command for each job. `make test` is all that CI does.

BENCH ?= .
PKG   ?= ./...
ARGS  ?=

.PHONY: help generate test lint bench run screenshots clean

help:                ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 20

generate:            ## write the Go code of the templ files
	go tool templ generate -include-version=false

test:                ## install Chromium, nginx and axe if need be, lint, run every test
	@scripts/install-browser
	@scripts/install-nginx
	@scripts/install-axe
	@scripts/lint
	@scripts/test $(PKG)

lint:                ## generated code, go.mod, gofmt, vet, staticcheck
	@scripts/lint

bench:               ## benchmarks: BENCH=regexp PKG=./director/...
	go test -run '^$$' -bench '$(BENCH)' -benchmem $(PKG)

run:                 ## the demo: ARGS='--addr 127.0.0.1:9000'
	go run ./cmd/callboard demo $(ARGS)

screenshots:         ## take the pictures in docs/ again
	@scripts/install-browser
	CALLBOARD_SCREENSHOTS='$(CURDIR)/docs' go test -count=1 -run Screenshot $(PKG)

clean:               ## remove what the commands above have built
	rm -rf bin internal/browser/node_modules internal/nginx/unpacked
	go clean -testcache
