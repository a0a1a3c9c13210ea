# Every target makes .venv and installs what it needs; nothing else has to be there but Python 3.11 or later.
# `make demo ONCE=1` shows the demonstration and exits instead of serving.

PYTHON ?= python3
WORKERS ?= 2
BIN := .venv/bin
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test sure serve docs

help: ## What there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) ## Load an invented organization, draft its feedback, show it, and serve (ONCE=1: exit instead of serving)
	@$(BIN)/peerloom demo $(if $(ONCE),--once)

test: $(STAMP) ## Run the tests, in two processes (WORKERS=0: in this one; LONG=1: many more examples)
	@PEERLOOM_TEST_LONG=$(LONG) $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=25 $(ARGS)

sure: $(STAMP) ## Everything that must hold: format, lint, types, layers, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

serve: $(STAMP) ## Bring the database up to date and serve
	@$(BIN)/peerloom migrate
	@$(BIN)/peerloom serve

docs: $(STAMP) ## Make the reference pages of docs/ from the code
	@$(BIN)/python -m service.cli.reference docs/reference

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Peerloom needs Python 3.11 or later; set PYTHON=…")'
	@$(PYTHON) -m venv .venv

$(STAMP): pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@
