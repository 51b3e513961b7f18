# Everything here needs Go and nothing else; what a target needs beyond that it
# says, and skips with the remedy where it is missing.

GO ?= go
export CGO_ENABLED = 0
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
FUZZTIME ?= 30s
TARGETS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: check test setup lint bench bench-peers race fuzz nightly docs dist cross

check: lint ## format, vet, linters, floors, unit tests: under three minutes
	$(GO) test -short ./...
	$(GO) test -short -tags purego ./numeric/...

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "run gofmt -w on:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags purego ./numeric/...
	GOOS=windows $(GO) vet ./client ./cluster/... ./cmd/... ./cli ./store
	GOOS=darwin GOARCH=arm64 $(GO) vet ./client ./cluster/... ./cmd/... ./cli ./store
	$(GO) run $(STATICCHECK) ./...

setup: ## what the tests want beyond Go: a browser for the pages
	@.ci/setup

test: setup ## all tests; what cannot run is printed with the reason
	$(GO) test -json ./... > .cache/test.json; $(GO) run .ci/verdict/main.go -skips .ci/skips.txt $(if $(CI),-strict) .cache/test.json

race:
	CGO_ENABLED=1 $(GO) test -race -short ./...

fuzz: ## each fuzz target for FUZZTIME
	@.ci/fuzz $(FUZZTIME)

bench: ## prints the tables of docs/lab.md
	$(GO) test -run '^$$' -bench . -benchtime 1s ./numeric/... ./flow/... ./store

bench-peers: ## one epoch beside PyTorch; needs Python with torch and transformers
	@.ci/bench-peers

nightly: ## long kills and soaks: under forty minutes
	DATAHALL_NIGHTLY=1 $(GO) test -timeout 40m -run Nightly -v ./...

docs: ## the generated reference
	$(GO) test ./cli -run Reference -update

cross:
	@for t in $(TARGETS); do echo $$t; GOOS=$${t%/*} GOARCH=$${t#*/} $(GO) build -o /dev/null ./cmd/datahall || exit 1; done

dist: ## archives with checksums for those without Go
	@.ci/dist $(TARGETS)
