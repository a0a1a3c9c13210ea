# Every target makes .venv and installs what it needs; nothing else has to be there but Python 3.11 or later.
# `make demo ONCE=1` drafts everything, shows it, and exits instead of serving.

PYTHON ?= python3
WORKERS ?= 3
BIN := .venv/bin
STAMP := .venv/.installed

# What is compiled is kept, also where the environment says otherwise: compiling all of it takes each process of a run of
# tests twelve seconds, and each command five.
demo serve test coverage sure trust: export PYTHONDONTWRITEBYTECODE =

# What counts the lines that run: from Python 3.12 on the interpreter does so itself, at little cost.
CORE := import sys; print('sysmon' if sys.version_info >= (3, 12) else 'ctrace')

.DEFAULT_GOAL := help
.PHONY: help demo test trust holes coverage sure serve docs lock

help: ## What there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP) ## Load an invented organization and serve it while its feedback is drafted (ONCE=1: draft all, show it, exit)
	@$(BIN)/peerloom demo $(if $(ONCE),--once)

test: $(STAMP) ## Run the tests, in three processes, since they mostly wait (WORKERS=0: in this one; LONG=1: many more examples)
	@PEERLOOM_TEST_LONG=$(LONG) $(if $(COVERAGE),COVERAGE_CORE=$$($(BIN)/python -c "$(CORE)")) \
	  $(BIN)/python $(if $(COVERAGE),-m coverage run) -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
	  --durations=25 $(ARGS)

trust: $(STAMP) ## Try for long, on both databases, whether anything leaks; print what was tried and what got through (STEPS=100000)
	@PEERLOOM_TRUST_STEPS=$(or $(STEPS),100000) PEERLOOM_TRUST_ORGANIZATIONS=20 PEERLOOM_REQUIRE_SERVERS=1 \
	  $(BIN)/python -m pytest -q tests/trust tests/service/store/test_audit_chain.py tests/service/web/test_tenants.py \
	  tests/service/web/test_foreign_callers.py tests/journeys/browser/test_hostile_words.py $(ARGS)
	$(BIN)/ruff check --select S service pipelines prompts

holes: .venv/holes/bin/pip-audit ## Ask PyPI for known holes in the packages of constraints.txt; .ci/holes.toml says which we let be, until when
	@ignored="$$($(BIN)/python -c "$$HOLES_LET_BE")" && .venv/holes/bin/pip-audit --strict --disable-pip --no-deps \
	  --progress-spinner off --requirement constraints.txt $$ignored $(ARGS)

.venv/holes/bin/pip-audit: | $(BIN)/python
	@$(BIN)/python -m venv .venv/holes
	@.venv/holes/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt "pip-audit>=2.10,<3"

# A day that has passed is no reason any more.
define HOLES_LET_BE
import datetime, pathlib, sys, tomllib
let_be = tomllib.loads(pathlib.Path(".ci/holes.toml").read_text("utf-8"))["let_be"]
late = [one["id"] for one in let_be if one["until"] < datetime.date.today() or not one["why"].strip()]
late and sys.exit("No longer let be, or without a why: " + ", ".join(late) + ". Look at .ci/holes.toml.")
print(*(f"--ignore-vuln {one['id']}" for one in let_be))
endef
export HOLES_LET_BE

coverage: $(STAMP) ## Run the tests, and say what of the code they ran (ARGS="…" as for test)
	@$(BIN)/python -m coverage erase
	@$(MAKE) --no-print-directory test COVERAGE=1
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report

sure: $(STAMP) ## Everything that must hold: format, lint, types, layers, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

serve: $(STAMP) ## Bring the database up to date and serve
	@$(BIN)/peerloom migrate
	@$(BIN)/peerloom serve

docs: $(STAMP) ## Make the reference pages of docs/ and the drawings of ARCHITECTURE.md from the code
	@$(BIN)/python -m service.cli.reference docs/reference
	@$(BIN)/python -m service.cli.rooms ARCHITECTURE.md

lock: $(BIN)/python ## Choose the version of every package anew, within pyproject.toml, and keep it in constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --dry-run --ignore-installed \
	  --report .venv/lock.json ".[test]"
	@$(BIN)/python -c "$$WRITE_LOCK"

define WRITE_LOCK
import json, pathlib, re
found = (one["metadata"] for one in json.loads(pathlib.Path(".venv/lock.json").read_text("utf-8"))["install"])
pins = {re.sub("[-_.]+", "-", one["name"]).lower(): one["version"].partition("+")[0] for one in found}
del pins["peerloom"]
lines = ["# The version of every package, as tested. Made by make lock; pyproject.toml says what may be chosen."]
lines += [f"{name}=={version}" for name, version in sorted(pins.items())]
pathlib.Path("constraints.txt").write_text("\n".join(lines) + "\n", "utf-8")
endef
export WRITE_LOCK

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Peerloom needs Python 3.11 or later; set PYTHON=…")'
	@$(PYTHON) -m venv .venv

$(STAMP): pyproject.toml constraints.txt | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[test]"
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q service pipelines prompts
	@touch $@
