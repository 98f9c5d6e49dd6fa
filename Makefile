# Everything a fresh checkout needs: `make demo` shows it, `make test` proves it. Both set up first.
PYTHON ?= python3
BIN := .venv/bin
CORE := reconcile/adopt/*,reconcile/model/*,reconcile/errors.py,reconcile/kinds/*,reconcile/validate/*,reconcile/diff.py,reconcile/plan/*,reconcile/pull/*,reconcile/guard/*,reconcile/calls.py,reconcile/codec/*,reconcile/render/*,reconcile/baseline.py,reconcile/bundle.py,reconcile/compare/*,reconcile/drift/*,reconcile/promote/*,reconcile/rollback.py,reconcile/watch.py,reconcile/wishes.py
CORE_TESTS := $(wildcard tests/test_*.py) $(addprefix tests/,adopt codec compare drift golden guard kinds plan promote pull render validate)
.DEFAULT_GOAL := help
.PHONY: help setup demo test check conformance e2e fmt bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready schemas/resources.json ## Make .venv with everything that developing needs

schemas/resources.json: .venv/.ready $(filter-out schemas/resources.json schemas/overlays.json,$(wildcard schemas/*.json)) $(wildcard reconcile/kinds/*.py) reconcile/bundle.py
	$(BIN)/reconcile schema --out .venv/schemas
	@mv .venv/schemas/overlays.json schemas/
	@mv .venv/schemas/resources.json $@ && touch $@

.venv/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,simulate]'
	@touch $@

demo: setup ## Plan, apply, verify, change behind its back, plan again: on the built-in simulator
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash examples/demo.sh

test: setup ## Run all tests; those of the pure core have to cover it, every branch of it
	@rm -f .coverage .coverage.*
	$(BIN)/python -m coverage run --parallel-mode -m pytest -q -n 2 $(CORE_TESTS)
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report --include='$(CORE)' --fail-under=100 --show-missing --skip-covered
	$(BIN)/python -m pytest -q -n 2 --dist worksteal $(addprefix --ignore=,$(CORE_TESTS))

SCRIPTS := .ci/* action/*.sh examples/*.sh tests/e2e/*.sh
check: setup ## Lint, types, layers, schemas, scripts, workflows, and the wheel in an empty folder
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m openapi_spec_validator openapi.yml
	$(BIN)/shellcheck $(SCRIPTS)
	bash .ci/workflows
	bash .ci/wheel

conformance: setup ## Hold everything against Clerk's own API files, SDKs and tools; SPECS=DIR holds the files
	@test -n '$(SPECS)' || { echo 'Say where the API files are: make conformance SPECS=DIR' >&2; exit 2; }
	$(BIN)/python -m tests.conformance --specs '$(SPECS)'
	$(BIN)/python -m pytest -q -n 2 tests/conformance/mutations.py --specs '$(SPECS)'

e2e: setup .e2e/.ready ## Use the report in a real browser, and the files in an editor's language server
	node --test tests/e2e/*.test.js
	$(BIN)/python -m pytest -q -o python_files='check_*.py' tests/e2e

.e2e/.ready: .venv/.ready tests/e2e/install.sh tests/e2e/package-lock.json
	bash tests/e2e/install.sh

fmt: setup ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix --quiet || true
	$(BIN)/ruff format

bench: setup ## Measure whole processes and write benchmarks/README.md
	$(BIN)/python benchmarks/run.py

clean: ## Remove what was made, the environment too
	rm -rf .venv .conformance .e2e tests/e2e/node_modules build dist demo htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
