# Every target does its own set-up and skips steps whose inputs did not change.
.DEFAULT_GOAL := help
.PHONY: FORCE help demo test check lint typecheck generate contract accept-contract build mock simulate bench bench-small bench-put bench-ingest bench-kill bench-compare clean
SHELL := bash
export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_UPDATE_NOTICE := true
export NODE_OPTIONS := --disable-warning=ExperimentalWarning

TSX := node --import tsx
# By its path, because the package test installs other versions of TypeScript.
TSC := node node_modules/typescript/bin/tsc
JEST := node --experimental-vm-modules node_modules/jest/bin/jest.js

# The output of each step instead of a stamp file, so that a deleted output is rebuilt.
INSTALLED := node_modules/.package-lock.json
GENERATED := generated/operations.ts
BUILT := dist/src/index.js
BENCH := .cache/bench/bench/small-calls.js
SPEC := $(shell find spec -type f)
# The number of built files, so that a deleted file is rebuilt.
BUILT_FILES := $(shell find dist -type f 2>/dev/null | wc -l)
FILES_MISSING := $(filter-out $(shell cat .cache/built-files 2>/dev/null),$(BUILT_FILES))
# Includes the folders, whose time changes when a file is deleted.
SOURCES := $(shell find src generated)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

demo: $(BUILT) ## create a batch on a mock, then load the data of examples/ into a simulated platform
	@$(TSX) scripts/demo.ts

test: $(INSTALLED) ## everything that CI runs: checks, unit tests, contract tests
	@$(TSX) scripts/verify.ts

check: $(INSTALLED) ## the checks alone: generated code, types, lint, imports, contract, package
	@$(TSX) scripts/verify.ts --checks

lint: $(INSTALLED) ## check style, lint rules and imports
	@node_modules/.bin/biome check . --error-on-warnings
	@node node_modules/dependency-cruiser/bin/dependency-cruise.mjs --config .dependency-cruiser.cjs src generated spec-tools scripts contract-tests

typecheck: $(INSTALLED) ## compile all TypeScript without output
	@$(TSC) -p tsconfig.json

generate: $(INSTALLED) ## write generated/ from spec/
	@$(TSX) scripts/generate.ts
	@touch $(GENERATED)

contract: $(INSTALLED) ## the contract tests alone, and a table of the responses they covered
	@rm -rf .cache/contract-cases
	@$(JEST) --selectProjects contract
	@$(TSX) scripts/contract-table.ts

accept-contract: $(INSTALLED) ## accept the contract of spec/: writes contract-tests/surface.txt
	@$(TSX) scripts/accept-contract.ts

build: $(BUILT) ## compile to dist/

mock: $(GENERATED) ## run Prism on port 4010
	@$(TSX) scripts/mock.ts

simulate: $(BUILT) ## run the simulated platform on a port (PORT=4010)
	@node dist/src/cli/main.js simulate --port $(or $(PORT),4010)

bench: bench-small bench-put bench-ingest bench-kill ## all benchmarks: writes bench/RESULTS.md

bench-small: $(BENCH)
	@node .cache/bench/bench/small-calls.js

bench-put: $(BENCH)
	@node .cache/bench/bench/one-put.js

bench-ingest: $(BENCH)
	@node .cache/bench/bench/ingest.js $(ONLY)

bench-kill: $(BENCH)
	@node .cache/bench/bench/kill-and-resume.js

bench-compare: $(BENCH) ## compare this build with an earlier one: BASE=<revision>
	@node .cache/bench/bench/compare.js $(BASE)

clean: ## remove all build output
	rm -rf dist .cache

$(INSTALLED): package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

$(GENERATED): $(INSTALLED) $(SPEC) $(wildcard scripts/generate*.ts) scripts/bundle.ts spec-tools/operations.ts
	@$(TSX) scripts/generate.ts
	@touch $@

$(BUILT): $(INSTALLED) $(SOURCES) tsconfig.json tsconfig.build.json $(if $(FILES_MISSING),FORCE)
	@rm -rf dist
	@$(TSC) -p tsconfig.build.json
	@cp generated/openapi.json dist/generated/
	@mkdir -p .cache && find dist -type f | wc -l > .cache/built-files
	@touch $@

FORCE:

# Compiled, so that no TypeScript loader adds to the measured time and memory.
$(BENCH): $(BUILT) $(wildcard bench/*.ts test/support/*.ts) tsconfig.bench.json
	@$(TSC) -p tsconfig.bench.json
	@cp generated/openapi.json .cache/bench/generated/
	@touch $@
