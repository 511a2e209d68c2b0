# One environment, made from the lock file; every target makes what it needs.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
DEV := .venv/.ready-dev
LOCK := --universal --no-emit-index-url --no-header --no-annotate --upgrade
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UPLOT ?= 1.6.32
PEERS := tests/peers/node_modules/.ready
NODE := $(shell command -v npm)

.PHONY: run test test-all chromium uplot schema check lint types cover bench lock clean help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) -r requirements.lock
	$(PIP) --no-deps --editable .
	@touch $(READY)

$(DEV): $(READY) requirements-dev.lock
	$(PIP) -r requirements-dev.lock
	@touch $(DEV)

$(PEERS): tests/peers/package.json tests/peers/package-lock.json
	npm ci --prefix tests/peers --ignore-scripts --no-audit --no-fund
	@touch $(PEERS)

chromium: # where it is missing; installing needs root
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; }

uplot: ## the plotting library that pages hold: UPLOT=VERSION; put version and digests into static/manifest.toml
	mkdir -p out && cd out && npm pack --silent uplot@$(UPLOT)
	tar -xzf out/uplot-$(UPLOT).tgz -C reports/conformance_reports/html/static --strip-components=2 package/dist/uPlot.iife.min.js package/dist/uPlot.min.css
	tar -xzf out/uplot-$(UPLOT).tgz -O package/LICENSE > reports/conformance_reports/html/static/LICENSE.uplot
	cd reports/conformance_reports/html/static && sha256sum uPlot.iife.min.js uPlot.min.css LICENSE.uplot

run: $(READY) ## contract-test the four operations against the embedded mock
	$(BIN)/conformance run

test: $(DEV) ## the test suite; needs nothing but Python
	$(BIN)/python -m pytest -q --hypothesis-profile ci

test-all: test $(PEERS) chromium ## the test suite, servers of others and a browser (needs Node), one quick turn of the benchmark
	CONFORMANCE_PEERS=1 $(BIN)/python -m pytest -q -m "prism or browser"
	$(BIN)/python bench/compare.py --quick

bench: $(DEV) $(if $(NODE),$(PEERS)) ## ours and the peers in turn; options in BENCH, such as BENCH=--only=mock
	$(BIN)/python bench/compare.py $(BENCH)

schema: $(READY) ## the schema of conformance.toml, out of the table of options
	$(BIN)/conformance targets --schema > conformance/conformance.schema.json

check: lint types cover ## lint, strict types, coverage

lint: $(DEV) ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV) ## mypy, strict
	$(BIN)/mypy
	$(BIN)/mypy bench

cover: $(DEV) ## the tests with branch coverage
	$(BIN)/coverage erase
	$(BIN)/python -m pytest -q --hypothesis-profile ci --cov --cov-report=term

lock: ## pin the newest versions that pyproject.toml allows
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet uv
	.venv-lock/bin/uv pip compile pyproject.toml $(LOCK) -o requirements.lock
	.venv-lock/bin/uv pip compile pyproject.toml --group dev --group bench -c requirements.lock $(LOCK) -o requirements-dev.lock
	rm -rf .venv-lock

clean: ## remove what the targets made
	rm -rf .venv .venv-lock dist build out .coverage* tests/peers/node_modules
