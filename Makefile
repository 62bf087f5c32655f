# Every target does its own set-up, in a fresh clone too, and skips steps whose inputs did not change.
.DEFAULT_GOAL := help
.PHONY: \
  help demo \
  test check typecheck lint build generate clean \
  contract accept-contract contract-diff accept-release contract-fuzz contract-mutation client-mutation stryker assertion-check contract-live \
  ci test-deep test-loads test-fleet test-runtimes release-check \
  mock simulate \
  docs docs-serve docs-test recording \
  bench bench-small bench-put bench-ingest bench-kill bench-json-lines bench-csv bench-rejected-rows bench-rows bench-sources bench-loads bench-fleet bench-contract bench-start bench-compare bench-report \
  generated built compiled-bench
SHELL := bash
export REDOCLY_TELEMETRY := off
export REDOCLY_SUPPRESS_UPDATE_NOTICE := true
export NODE_OPTIONS := --disable-warning=ExperimentalWarning

TSX := node --import tsx
# By its path, because the package test installs other versions of TypeScript.
TSC := node node_modules/typescript/bin/tsc
JEST := node --experimental-vm-modules node_modules/jest/bin/jest.js

INSTALLED := node_modules/.package-lock.json
# Decides by the contents of files whether something has to be made again.
PREPARE := $(TSX) scripts/prepare.ts

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-19s %s\n", $$1, $$2}'

demo: built ## create a batch on a mock, then load the data of examples/ into a simulated platform
	@$(TSX) scripts/demo.ts

# Every day.

test: $(INSTALLED) ## what a developer runs: checks, unit tests, contract tests
	@$(TSX) scripts/verify.ts

check: $(INSTALLED) ## the checks alone: generated code, types, lint, imports, contract, package
	@$(TSX) scripts/verify.ts --checks

typecheck: built ## compile all TypeScript without output
	@$(TSX) scripts/check-places.ts
	@$(TSC) -p tsconfig.json

lint: built ## check style, lint rules and imports
	@node_modules/.bin/biome check . --error-on-warnings
	@node node_modules/dependency-cruiser/bin/dependency-cruise.mjs --config .dependency-cruiser.cjs src generated spec-tools scripts contract-tests

build: built ## compile to dist/

generate: $(INSTALLED) ## write generated/ from spec/
	@$(TSX) scripts/generate.ts

clean: ## remove all build output
	rm -rf dist .cache docs/reference

# The contract.

contract: built ## the contract tests alone, and how much of the document they covered
	@$(JEST) --selectProjects contract
	@$(TSX) contract-tests/coverage/main.ts

# The build needs the accepted surface of a new operation, so that comes first.
accept-contract: $(INSTALLED) ## accept the contract of spec/ and what the tests cover: writes contract-tests/*.txt
	@$(TSX) scripts/accept-contract.ts
	@$(PREPARE) dist
	@$(JEST) --selectProjects contract
	@$(TSX) contract-tests/coverage/main.ts --accept

contract-diff: generated ## rate the changes of spec/ since the last release: BASE=<revision>
	@$(TSX) scripts/contract-diff.ts '$(BASE)'

accept-release: generated ## at a release: make the document of spec/ the released one
	@$(TSX) scripts/contract-diff.ts --accept

contract-fuzz: built ## generated requests and responses: CASES=2000 SEED=<number> REPLAY=<a case that failed>
	@CASES=$(or $(CASES),2000) SEED=$(or $(SEED),$$RANDOM) $(if $(REPLAY),REPLAY='$(REPLAY)') \
	  $(JEST) --selectProjects contract --testTimeout 600000 contract-tests/fuzz-

contract-mutation: built ## change the document in many ways, one at a time: what notices it? MUTANTS=n SEED=n
	@MUTANTS='$(MUTANTS)' SEED='$(SEED)' $(TSX) contract-tests/mutation/run.ts

client-mutation: built ## faults put into a copy of the client, and the tests that notice: MUTANTS=<how many> SEED=<number>
	@$(TSX) contract-tests/client-mutation/run.ts

stryker: built ## the faults that StrykerJS draws in files of src/, and which of them no test notices: FILES=<files> TESTS=<files>
	@FILES='$(FILES)' TESTS='$(TESTS)' $(TSX) contract-tests/client-mutation/stryker.ts

assertion-check: built ## remove assertions of the contract tests, one at a time: what is lost? COUNT=30 SEED=n ONLY=<file or file:line>,…
	@$(TSX) contract-tests/assertion-check/main.ts

contract-live: generated ## call a real sandbox (AEP_* variables) and compare its responses: DATASET=<id> DOCUMENT=<file> ALLOW_PROD=1
	@DATASET='$(DATASET)' DOCUMENT='$(DOCUMENT)' ALLOW_PROD='$(ALLOW_PROD)' $(TSX) contract-tests/live/main.ts

# Longer runs, and releases.

ci: $(INSTALLED) ## everything that CI runs: make test, then the slower targets of scripts/ci-targets.ts
	@$(TSX) scripts/ci.ts

test-deep: built ## the tests that draw their cases, with all of them
	@$(TSX) scripts/test-deep.ts

test-loads: built ## a load that is killed 20 times: FILES=<how many>, 100,000 without it
	@LOADS=1 FILES='$(or $(FILES),100000)' $(JEST) --selectProjects deep -w 1 test/deep/killed-loads.test.ts

test-fleet: built ## loads on workers that are killed, with a Redis that is killed, too: SEEDS=<how many> SEED=<the first>
	@SEEDS='$(or $(SEEDS),1)' SEED='$(or $(SEED),1)' $(TSX) scripts/test-fleet.ts

test-runtimes: built ## the packed package on Node 20 to 26, Bun, Deno, bundlers and test runners: writes docs/runtimes.md
	@$(TSX) scripts/runtimes/main.ts

release-check: built ## whether this can be published: version, changelog, contents, links, licences, SBOM: RELEASE=<version>
	@RELEASE='$(RELEASE)' $(TSX) scripts/release/main.ts

# Servers to try things on.

mock: generated ## run Prism on a port (PORT=4010)
	@$(TSX) scripts/mock.ts

simulate: built ## run the simulated platform on a port (PORT=4010)
	@node dist/src/cli/main.js simulate --port $(or $(PORT),4010)

# Documentation.

docs: $(INSTALLED) ## write the site of the documentation to .cache/site/
	@$(PREPARE) site

docs-serve: docs ## show the site on a port of this machine (PORT=4173)
	@node node_modules/vitepress/bin/vitepress.js preview docs --host 127.0.0.1 --port $(or $(PORT),4173)

docs-test: docs ## the tests of the site, in Chromium if it is installed
	@$(JEST) --selectProjects site

recording: built ## record the command in a terminal again: writes docs/images/recording.svg
	@$(TSX) scripts/recording/main.ts

# Benchmarks.

bench: bench-small bench-put bench-ingest bench-kill bench-json-lines bench-csv bench-rejected-rows bench-rows bench-sources bench-loads bench-fleet bench-contract bench-start ## all benchmarks: writes bench/RESULTS.md

bench-small: compiled-bench ## small calls, beside other HTTP clients
	@node .cache/bench/bench/small-calls.js

bench-put: compiled-bench ## one PUT of 2 GiB, beside curl and other clients
	@node .cache/bench/bench/one-put.js

bench-ingest: compiled-bench ## ingests of large and of many files: ONLY=parts|small|large
	@node .cache/bench/bench/ingest.js $(ONLY)

bench-kill: compiled-bench ## ingests that are killed and resumed
	@node .cache/bench/bench/kill-and-resume.js

bench-json-lines: compiled-bench ## checks of JSON Lines, beside jq
	@node .cache/bench/bench/json-lines.js

bench-csv: compiled-bench ## checks of CSV, beside other readers
	@node .cache/bench/bench/csv.js

bench-rejected-rows: compiled-bench ## lines of 1,000,000 rejected rows
	@node .cache/bench/bench/rejected-rows.js

bench-rows: compiled-bench ## checks of rows by a schema
	@node .cache/bench/bench/rows.js

bench-sources: compiled-bench ## the memory for compressed files and URLs: BYTES=<how many>
	@node .cache/bench/bench/sources.js

bench-contract: compiled-bench ## the time of the contract suite
	@node .cache/bench/bench/contract.js

bench-loads: compiled-bench ## the memory of a load of many batches: FILES=<how many>
	@node .cache/bench/bench/loads.js

bench-fleet: compiled-bench ## loads on a queue, with one worker and with four: FILES=<how many>
	@node .cache/bench/bench/fleet.js

bench-start: compiled-bench ## the time to import and to start, and the sizes of bundles: ROUNDS=<how many>
	@node .cache/bench/bench/start.js

bench-compare: compiled-bench ## compare this build with an earlier one: BASE=<revision> ONLY=<kind>
	@node .cache/bench/bench/compare.js '$(BASE)' '$(ONLY)'

bench-report: $(INSTALLED) ## write bench/RESULTS.md again from bench/results/
	@$(TSX) bench/report/main.ts

# Set-up, which the others do.

$(INSTALLED): package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

generated: $(INSTALLED)
	@$(PREPARE) generated

built: $(INSTALLED)
	@$(PREPARE) dist

compiled-bench: $(INSTALLED)
	@$(PREPARE) bench
