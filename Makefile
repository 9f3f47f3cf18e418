# make demo    see what the checks say: of this node's cluster, or of recorded ones
# make test    everything that must hold
# make help    the other targets

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := --quiet --disable-pip-version-check
SOURCES := setup.cfg pyproject.toml $(shell find check_ha -name '*.py')

.PHONY: help demo test lint types fast cluster bench docs expected lab clean

help:
	@echo "make demo      run the checks on this node's cluster, or on the recorded ones"
	@echo "make test      lint, types, all tests with branch coverage"
	@echo "make fast      the tests that need no cluster"
	@echo "make cluster   the tests on a real cluster in namespaces (root)"
	@echo "make bench     what a check costs"
	@echo "make docs      write anew all that is made from the code: README tables, nrpe, samples"
	@echo "make expected  write the expected output of all checks on all recordings anew"
	@echo "make lab       a shell in a running cluster (root)"

# Not an editable install: that would cost every run of a check an import hook and, without bytecode, a compilation.
$(VENV)/installed: $(SOURCES)
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install $(PIP) .
	@touch $@

$(VENV)/tested: $(VENV)/installed
	$(BIN)/pip install $(PIP) ".[test]"
	@touch $@

demo: $(VENV)/installed
	@$(BIN)/python samples/demo.py

test: lint types
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/tested
	$(BIN)/mypy

fast: $(VENV)/tested
	$(BIN)/pytest -m "not cluster"

cluster: $(VENV)/tested
	$(BIN)/pytest -m cluster

bench: $(VENV)/tested
	$(BIN)/python -m tests.bench

docs: $(VENV)/installed
	$(BIN)/python -m check_ha.documents

expected: $(VENV)/tested
	$(BIN)/python -m tests.replay

lab: $(VENV)/tested
	$(BIN)/python -m tests.lab shell

clean:
	rm -rf $(VENV) build dist *.egg-info .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis
