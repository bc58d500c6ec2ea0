# `make` prints this list. CI and people call the same targets.
PYTHON ?= python3
BIN := .venv/bin
T ?= tests
B ?= mutation_rank real_bugs
CODE := agents sandbox service migrations tests benchmarks

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types imports format spelling lock migrate bench docs services clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/runtime ## mend real bugs of real libraries: no key, no server, no Docker
	@$(BIN)/budwood demo

test: .venv/dev services ## all tests, bringing up what they need (one: make test T=tests/agents/search)
	@$(BIN)/python -m pytest $(T)

check: lint types imports spelling ## everything that needs no running code

lint: .venv/dev ## style and the usual mistakes
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)

types: .venv/dev ## mypy --strict
	@$(BIN)/mypy

imports: .venv/dev ## who may import what
	@PYTHONPATH=. $(BIN)/lint-imports

spelling: .venv/dev ## common misspellings
	@$(BIN)/codespell $(CODE) docs README.md CHANGELOG.md CONTRIBUTING.md Makefile

format: .venv/dev ## put the code into its one form
	@$(BIN)/ruff check --fix -q $(CODE) || true
	@$(BIN)/ruff format $(CODE)

migrate: .venv/runtime ## bring the database to the newest schema
	@$(BIN)/budwood migrate

bench: .venv/dev ## what the README and the docs claim, measured here (one: make bench B=sandbox)
	@for name in $(B); do echo "== $$name"; $(BIN)/python -m benchmarks.$$name || exit 1; done

docs: .venv/dev ## write the generated pages again (OpenAPI, parameters)
	@$(BIN)/python -m service.openapi > docs/openapi.json
	@$(BIN)/python -m benchmarks.strategy_tables

services: ## start PostgreSQL, Redis and Docker for the tests, where this machine allows it
	@sh scripts/services.sh

lock: .venv/dev ## pin every dependency anew, with hashes and without addresses (needs uv)
	@sh scripts/lock.sh

clean: ## remove what was built here
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-report.json

.venv/runtime: requirements.lock pyproject.toml
	@sh scripts/venv.sh "$(PYTHON)" requirements.lock && touch $@

.venv/dev: requirements-dev.lock pyproject.toml
	@sh scripts/venv.sh "$(PYTHON)" requirements-dev.lock && touch .venv/runtime $@
