# Parley. `make help` lists what there is; every target installs what it needs on its first run.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
# Thousands of modules: without their bytecode every process would take seconds longer to start.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help run demo stack up down test chaos bench check fmt lock definitions web api clean python servers peers node page

PYTHON_FILES := libs services tests bench
BIN := .venv/bin

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: python page ## everything in one process, nothing else needed; HOST and PORT as settings (127.0.0.1:8000)
	@exec $(BIN)/python -m parley_standalone.embedded

demo: python ## one job of every kind on the embedded system, live in the terminal
	@exec $(BIN)/parley demo

stack: python servers page ## real RabbitMQ, PostgreSQL and Redis and one process per service; DATA=folder keeps the data
	@exec $(BIN)/python -m parley_standalone.stack $(if $(DATA),--data $(DATA))

up: ## the same as containers; needs Docker
	@deploy/secrets.sh
	docker compose up --build --wait

down: ## end the containers of `make up`
	docker compose down

test: python servers web ## all tests, a short chaos run among them; ARGS="tests/unit -k outbox" chooses
	@exec $(BIN)/pytest --numprocesses 3 --dist loadfile $(ARGS)

chaos: python servers ## break every kind of process FAULTS times under load and look for harm; SEED repeats a run
	@FAULTS=$(or $(FAULTS),200) SEED=$(or $(SEED),$$RANDOM) exec $(BIN)/pytest -q tests/chaos/test_chaos.py

bench: peers servers ## measure Parley and its peers and write bench/RESULTS.md; ARGS="--quick" only shows that it runs
	@code=0; $(BIN)/python -m bench $(ARGS) || code=$$?; \
	$(if $(filter-out --%,$(ARGS)),,$(BIN)/python -m bench.research $(ARGS) || code=$$?;) exit $$code

check: python node ## format, lint, types and imports, of Python and of the web app
	$(BIN)/ruff format --check $(PYTHON_FILES)
	$(BIN)/ruff check $(PYTHON_FILES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm --prefix web run --silent check
	@$(BIN)/python -m parley_standalone.interface > .cache/openapi.json
	npm --prefix web run --silent api -- --check

fmt: python node ## format the code and fix what the linters can
	$(BIN)/ruff format $(PYTHON_FILES)
	$(BIN)/ruff check --fix $(PYTHON_FILES)
	npm --prefix web run --silent format

lock: python ## resolve the dependencies again; UPGRADE=1 takes newer ones
	$(BIN)/uv lock --quiet $(if $(UPGRADE),--upgrade)
	$(BIN)/uv export --quiet --frozen --all-packages --no-emit-workspace --no-header --no-annotate \
		--output-file requirements.lock
	$(BIN)/uv export --quiet --frozen --only-group bench --no-header --no-annotate \
		--output-file bench/requirements.lock

definitions: python ## write the broker's definitions from the code
	$(BIN)/python -m parley_standalone.definitions > deploy/rabbitmq/definitions.json

web: ## build the web app into the gateway; needs Node.js
	@deploy/setup.sh web

api: python node ## write the web app's types from the gateway's OpenAPI document
	@$(BIN)/python -m parley_standalone.interface > .cache/openapi.json
	npm --prefix web run --silent api

clean: ## remove what was installed, built and cached; data/ stays
	rm -rf web/node_modules services/gateway/src/parley_gateway/web
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis uv.lock
	find libs services tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@deploy/setup.sh python

servers:
	@deploy/setup.sh servers

peers: python
	@deploy/setup.sh peers

node:
	@deploy/setup.sh node

# What serves goes on without the web app, and its page says how to get it.
page:
	@deploy/setup.sh web || echo "Parley: going on without the web app" >&2
