# The commands a developer types. `make` lists them; each sets up what it needs.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

venv: $(STAMP) ## Make the virtual environment (does nothing when it is up to date)

# pip older than 25.1 cannot read [dependency-groups]: Debian 12 has 23.0.1.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) scripts/check_python.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[desktop,server]' --group dev
	@touch $@

demo: venv ## A volunteer's phone and an officer's desk, side by side, with invented data (ARGS='--help')
	$(BIN)/telewelfare demo $(ARGS)

serve: venv ## The central API (ARGS='--help')
	$(BIN)/telewelfare serve $(ARGS)

test: venv ## All tests; those that need PostgreSQL or Chromium are skipped where there is none
	$(BIN)/python -m pytest $(ARGS)

check: venv format-check lint types contracts phones ## Everything CI runs
	TELEWELFARE_HYPOTHESIS=ci $(BIN)/python -m pytest $(ARGS)

format: venv ## Format the code, and mend what the linter can mend
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

format-check: venv ## Is the code formatted?
	$(BIN)/ruff format --check .

lint: venv ## ruff with every rule, less those excused in pyproject.toml
	$(BIN)/ruff check .

types: venv ## mypy --strict
	$(BIN)/mypy

contracts: venv ## Who may import whom
	$(BIN)/lint-imports

phones: venv ## Has every runtime dependency a wheel for phones?
	$(BIN)/python scripts/check_phone_deps.py

bench: venv ## Speed and size, as JSON lines
	@for file in benches/bench_*.py; do PYTHONPATH=. $(BIN)/python "$$file" $(ARGS); done

soak: venv ## Thousands of new examples and histories, with their seeds (hours; ARGS=tests/faults for these alone)
	TELEWELFARE_HYPOTHESIS=soak $(BIN)/python -m pytest -m "not browser" $(ARGS)

planted: venv ## Plant faults in a copy of the source, one at a time: does a test turn red? (ARGS=merge: only those)
	$(BIN)/python scripts/planted_faults.py $(ARGS)

pictures: venv ## Take the pictures in docs/pictures again, in Chromium
	TELEWELFARE_PICTURES=docs/pictures $(BIN)/python -m pytest -m browser $(ARGS)

hooks: venv ## Let git check each commit
	$(BIN)/pre-commit install

upgrade: ## Renew constraints.txt with the newest versions pyproject.toml admits
	$(PYTHON) scripts/renew_constraints.py

clean: ## Remove everything that can be made again
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help venv demo serve test check format format-check lint types contracts phones bench soak planted pictures hooks upgrade clean
