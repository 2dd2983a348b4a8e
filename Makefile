# Two commands do all the set-up: `make serve` (build the graph and serve it) and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= data
HOST ?= 127.0.0.1
PORT ?= 8000
# Processes that share the tests; each builds its own graph and starts its own browser.
JOBS ?= 2

.PHONY: help serve test check install dev clean bench
help:
	@echo "make serve   install, build the graph into $(DATA)/ and serve it on http://$(HOST):$(PORT)/"
	@echo "make test    install with the development tools, then lint, type-check and test everything"
	@echo "make dev     install in editable mode with the development tools"
	@echo "make bench   speed and memory against peers (slow)"

# The stamp is newer than the sources it was installed from, so a second `make serve` starts at once.
SOURCES := $(shell find kg ontology triples server web -name node_modules -prune -o -path server/static -prune -o -type f -print 2>/dev/null)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/installed: $(BIN)/python pyproject.toml hatch_build.py $(SOURCES)
	$(BIN)/python -m pip install --quiet .
	touch $@

$(VENV)/developed: $(BIN)/python pyproject.toml hatch_build.py web/package-lock.json $(shell find web/src -type f 2>/dev/null)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $@

install: $(VENV)/installed

serve: $(VENV)/installed
	$(BIN)/sarcoma-kg build --data $(DATA)
	$(BIN)/sarcoma-kg serve --data $(DATA) --host $(HOST) --port $(PORT)

dev: $(VENV)/developed

check: $(VENV)/developed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/sarcoma-kg check

# CI runs the slow tests too. Most tests wait for a browser or a server, so that two processes take little more than half
# the time; what measures work runs after them, alone.
test: check
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal -m "not alone$(if $(CI),, and not slow)"
	$(BIN)/python -m pytest -m "alone$(if $(CI),, and not slow)"

bench: $(VENV)/developed
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV) build dist
