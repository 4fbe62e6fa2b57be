# Each target does all its set-up: it needs Python >= 3.11, make, and the package registries.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
export UV_PROJECT_ENVIRONMENT := $(VENV)

.PHONY: help setup demo test test-all check simulate fuzz chaos secure bench generate format clean

help: ## Show the targets.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.synced ## Make the environment from the lock.

$(VENV)/.synced: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit("shebao-mesh needs Python 3.11 or newer; say make PYTHON=/path/to/python3.11" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv sync --frozen --quiet --compile-bytecode
	@touch $@

demo: setup ## See the three roads work on real Kafka (MEMORY=1: without a broker, in seconds).
	$(BIN)/shebao demo $(if $(MEMORY),--memory,)

ifneq ($(CLIENT),)
test: export SHEBAO_CLIENT := $(CLIENT)
endif
test: setup ## Run every test: in memory side by side, then one by one on the real broker (ARGS=… some; CLIENT=confluent the second client).
	@status=0; \
	if [ -n '$(ARGS)' ]; then $(BIN)/pytest $(ARGS) || status=$$?; else \
		$(BIN)/pytest -m "not broker" -n auto --dist worksteal || status=$$?; \
		$(BIN)/pytest -m broker || status=$$?; \
	fi; exit $$status

test-all: export SHEBAO_TEST_ALL := 1
test-all: export SHEBAO_TEST_SECURE := all
test-all: test ## Every test and what is heavier: all stories on the secure broker, the second client killed, simulation, fuzz, chaos (hours).
	$(MAKE) simulate SEEDS=20000
	$(MAKE) fuzz
	$(MAKE) chaos

check: setup ## Lint, types, imports, generated files.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m schemas.generate --check
	$(BIN)/python -m services.console.legal_page --check
	$(BIN)/python -m services.console.state_diagrams --check
	$(BIN)/python -m services.console.instruments --check

simulate: setup ## Run the shell on simulated brokers from many seeds (SEEDS=100000; FIRST=1).
	$(BIN)/python -m tests.simulation.campaign --seeds $(or $(SEEDS),10000) --first $(or $(FIRST),1)

fuzz: setup ## Send hostile records to every worker on a real broker (RECORDS=200000; SEED=1; FIRST=0).
	$(BIN)/python -m tests.fuzz.campaign --records $(or $(RECORDS),200000) --seed $(or $(SEED),1) --first $(or $(FIRST),0)

chaos: setup ## Break three real brokers, workers and network while they work; writes build/chaos.json (MINUTES=42; SEED=1; CLIENT=confluent).
	$(BIN)/python -m tests.chaos.run --client $(or $(CLIENT),aiokafka) --minutes $(or $(MINUTES),42) --seed $(or $(SEED),1) $(ARGS)

secure: setup ## Run every story on the broker that checks who may do what, and a short campaign of faults on three such brokers.
	SHEBAO_TEST_SECURE=all $(BIN)/pytest tests/stories -m broker -k "secure or secret" $(ARGS)
	$(BIN)/python -m tests.chaos.run --short --secure

bench: setup ## Measure this runtime against its peers; writes build/bench.json.
	$(BIN)/python -m benchmarks.run

generate: setup ## Write everything that is generated from the contracts, the law and the state tables.
	$(BIN)/python -m schemas.generate
	$(BIN)/python -m services.console.legal_page
	$(BIN)/python -m services.console.state_diagrams
	$(BIN)/python -m services.console.instruments

format: setup ## Format the code.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove the environment and everything built or running data left behind.
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
