# Evidoc: `make` alone lists what there is.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
DATA   ?= data
PORT   ?= 8000

.DEFAULT_GOAL := help

.PHONY: help
help:  ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^## / {printf "\n%s\n", substr($$0, 4)} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## Use it
.PHONY: demo
demo: $(VENV)/.run-ready  ## Set up, then run the main job once on the sample invoice
	@$(BIN)/evidoc demo

.PHONY: serve
serve: $(VENV)/.run-ready  ## Serve on 127.0.0.1 (PORT=8000 DATA=data)
	@$(BIN)/evidoc serve --host 127.0.0.1 --port $(PORT) --data $(DATA)

.PHONY: setup
setup: $(VENV)/.run-ready  ## Only set up .venv

## Work on it
.PHONY: test
test: $(VENV)/.dev-ready  ## Lint, import contracts, types, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pytest

.PHONY: format
format: $(VENV)/.dev-ready  ## Let ruff format and mend what it can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: eval
eval: $(VENV)/.dev-ready  ## Accuracy on the DEV data (EVIDOC_DEV_DATA=DIR, default ../shared/data)
	$(BIN)/python -m evals

.PHONY: bench
bench: $(VENV)/.dev-ready  ## Speed, as ratios measured side by side
	$(BIN)/python -m benchmarks

.PHONY: lock
lock:  ## Pin the dependencies anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet --custom-compile-command "make lock" -o requirements.lock
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet --custom-compile-command "make lock" -c requirements.lock -o requirements-dev.lock

.PHONY: clean
clean:  ## Remove what make made; DATA stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Evidoc needs Python 3.11 or newer; try make PYTHON=python3.12"; exit 1; }
	@echo "Making $(VENV)"
	@$(PYTHON) -m venv $(VENV)

# hatchling is pinned with the rest, so that building Evidoc itself fetches nothing unpinned.
$(VENV)/.run-ready: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing pinned packages (a few minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev-ready: requirements-dev.lock $(VENV)/.run-ready
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
