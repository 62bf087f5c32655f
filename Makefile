# Every target does its own set-up; a step whose inputs did not change is skipped.
.DEFAULT_GOAL := help
.PHONY: FORCE help demo test check generate contract accept-contract build mock simulate bench bench-small bench-put bench-ingest bench-kill bench-compare clean
SHELL := bash
export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_UPDATE_NOTICE := true
export NODE_OPTIONS := --disable-warning=ExperimentalWarning

TSX := node --import tsx
# By its path: the consumer test brings other versions of TypeScript along.
TSC := node node_modules/typescript/bin/tsc
JEST := node --experimental-vm-modules node_modules/jest/bin/jest.js

# What a step makes, and not a stamp for it: whatever is deleted is made again.
INSTALLED := node_modules/.package-lock.json
GENERATED := generated/operations.ts
BUILT := dist/src/index.js
BENCH := .cache/bench/bench/small-calls.js
SPEC := $(shell find spec -type f)
# Of all that was built, how much is there: a file that is gone is made again.
FILES_BUILT := $(shell find dist -type f 2>/dev/null | wc -l)
PART_IS_GONE := $(filter-out $(shell cat .cache/files-built 2>/dev/null),$(FILES_BUILT))
# The folders too: a file that is gone changes them.
SOURCES := $(shell find src generated)

help: ## what there is to do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

demo: $(BUILT) ## create a batch on the mock, then load the data of examples/ into a simulated platform
	@$(TSX) scripts/demo.ts

test: $(INSTALLED) ## all that CI runs: fresh code, lint, types, unit, contract, package
	@$(TSX) scripts/verify.ts

check: $(INSTALLED) ## the checks without the tests
	@$(TSX) scripts/verify.ts --checks

generate: $(INSTALLED) ## make generated/ from spec/
	@$(TSX) scripts/generate.ts
	@touch $(GENERATED)

contract: $(INSTALLED) ## the contract tests alone, and which answers they ran
	@rm -rf .cache/contract-cases
	@$(JEST) --selectProjects contract
	@$(TSX) scripts/contract-table.ts

accept-contract: $(INSTALLED) ## take the contract as spec/ now has it: rewrites contract-tests/surface.txt
	@$(TSX) scripts/accept-contract.ts

build: $(BUILT) ## compile to dist/

mock: $(GENERATED) ## Prism on port 4010, for people
	@$(TSX) scripts/mock.ts

simulate: $(BUILT) ## a platform on a port (PORT=4010) that keeps what it is sent, for people
	@node dist/src/cli/main.js simulate --port $(or $(PORT),4010)

bench: bench-small bench-put bench-ingest bench-kill ## us next to other clients, and what we promise: rewrites bench/RESULTS.md

bench-small: $(BENCH)
	@node .cache/bench/bench/small-calls.js

bench-put: $(BENCH)
	@node .cache/bench/bench/one-put.js

bench-ingest: $(BENCH)
	@node .cache/bench/bench/ingest.js $(ONLY)

bench-kill: $(BENCH)
	@node .cache/bench/bench/kill-and-resume.js

bench-compare: $(BENCH) ## this build next to an earlier one: BASE=<revision>
	@node .cache/bench/bench/compare.js $(BASE)

clean: ## remove what is built
	rm -rf dist .cache

$(INSTALLED): package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

$(GENERATED): $(INSTALLED) $(SPEC) $(wildcard scripts/generate*.ts) scripts/bundle.ts spec-tools/operations.ts
	@$(TSX) scripts/generate.ts
	@touch $@

$(BUILT): $(INSTALLED) $(SOURCES) tsconfig.json tsconfig.build.json $(if $(PART_IS_GONE),FORCE)
	@rm -rf dist
	@$(TSC) -p tsconfig.build.json
	@cp generated/openapi.json dist/generated/
	@mkdir -p .cache && find dist -type f | wc -l > .cache/files-built
	@touch $@

FORCE:

# Compiled, so that what compiles TypeScript on the fly is in nobody's memory or time.
$(BENCH): $(BUILT) $(wildcard bench/*.ts test/support/*.ts) tsconfig.bench.json
	@$(TSC) -p tsconfig.bench.json
	@cp generated/openapi.json .cache/bench/generated/
	@touch $@
