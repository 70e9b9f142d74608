# Every target works on a machine with Python 3.11+, make and git, as root or as an ordinary user.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FONTS := $(VENV)/.fonts
SCALE ?= 0.02
WORKERS ?= 2

.PHONY: help setup run airflow test test-slow check format bench lock tools derive clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(STAMP) $(FONTS) ## make the environment from the lock file

$(STAMP): requirements.lock.txt requirements.bootstrap.txt pyproject.toml
	@PYTHON="$(PYTHON)" VENV="$(VENV)" bash tools/setup.sh
	@touch $@

# Cutting the bold weight takes some seconds; done here once, every home uses it.
$(FONTS): $(STAMP)
	@$(BIN)/python -c 'import pathlib, sys; from reports.fonts import prepare; prepare(pathlib.Path(sys.prefix, "share", "ipstat-fonts"))'
	@touch $@

run: setup ## sample city: feeds, warehouse, gate, white paper
	@$(BIN)/ipstat run --sample-city --scale $(SCALE)

airflow: $(STAMP) ## Airflow on the sample city: the user interface's address and password are printed
	@$(BIN)/ipstat airflow start --sample-city --scale $(SCALE)
	@$(MAKE) --no-print-directory $(FONTS)

test: setup ## all tests but the slow ones, with coverage
	@$(BIN)/coverage erase
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not slow" --cov --cov-report=term --durations=15

test-slow: setup ## the tests that take minutes
	@$(BIN)/python -m pytest -m slow

check: setup ## lint, types, SQL style, derived files; under a minute
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint dbt_project/models dbt_project/tests --processes 2 --disable-progress-bar
	@$(BIN)/ipstat dev derive --check

format: setup ## rewrite what the linters can rewrite
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: setup ## ratios to named baselines, and absolute times for information
	@$(BIN)/python -m benchmarks

derive: setup ## write the derived files anew (wanted tables of landing and marts, dbt sources, data dictionary)
	@$(BIN)/ipstat dev derive

lock: setup ## resolve the lock files again (pins and hashes, no addresses)
	@bash tools/lock.sh

tools: ## Chromium, LibreOffice, poppler, docker-compose and shellcheck for the tests that use them (Debian, as root)
	apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils docker-compose shellcheck

clean: ## remove the environment and caches; never the state under IPSTAT_HOME
	rm -rf $(VENV) .uv .pytest_cache .mypy_cache .ruff_cache .coverage*
