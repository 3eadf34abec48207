# Two commands matter: `make demo` and `make test`. `make` alone lists the others.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
# Three on two cores: many a test waits, for a server that is slow on purpose or for a worker's turn.
WORKERS ?= 3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
# uv, when it is there, installs the same locked and hashed files faster.
UV = $(shell command -v uv || command -v $(BIN)/uv)
INSTALL = $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet --disable-pip-version-check)

# Journeys start the product some hundred times; compiled anew each time, that is minutes.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo demo-reset test test-real check style types imports house lock vendor messages clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: $(VENV)/.installed ## start the demo on http://127.0.0.1:8000 with a sample organisation
	@$(BIN)/advocacy demo

demo-reset: $(VENV)/.installed ## throw the demo's data away and start it afresh
	@$(BIN)/advocacy demo --afresh

test: $(VENV)/.installed-dev ## run every test, on SQLite, on PostgreSQL and in a browser
	@rm -f .coverage .coverage.*
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(if $(ARGS),$(ARGS),--cov --cov-report=)
	@$(if $(ARGS),true,$(BIN)/python tools/coverage_goals.py)

test-real: $(VENV)/.installed-dev ## try Bluesky's connector against the reference server (needs Node, npm, gcc)
	$(BIN)/pytest -m real tests/real

check: style types imports house ## check style, types, import contracts, house rules and the wheel

style: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

imports: $(VENV)/.installed-dev
	$(BIN)/lint-imports

house: $(VENV)/.installed-dev
	$(BIN)/pytest -n $(WORKERS) tests/house

lock: $(VENV)/.installed-dev ## compile the requirements files (ARGS=--upgrade for newer versions)
	$(BIN)/python tools/lock.py $(ARGS)

vendor: ## fetch the style sheets, scripts and icons that are kept in advocacy/static
	bash tools/vendor.sh

messages: $(VENV)/.installed-dev ## collect the texts to translate and compile the translations
	@bash tools/messages.sh

clean: ## remove what was built, tested and cached (not var/, not .venv)
	rm -rf build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find advocacy tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 …")'
	@if command -v uv >/dev/null; then uv venv --quiet --seed --python "$$(command -v $(PYTHON))" $(VENV); else $(PYTHON) -m venv $(VENV); fi

$(VENV)/.installed: requirements-build.txt requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what is locked in requirements.txt ..."
	@$(INSTALL) --require-hashes -r requirements-build.txt -r requirements.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing what is locked in requirements-dev.txt ..."
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $(VENV)/.installed $@
