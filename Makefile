# make demo        sets everything up and runs the service with a demo commune at http://127.0.0.1:8000
# make test        sets everything up and runs every check and every test
# make bench       measures how fast statements come in, on SQLite and on PostgreSQL
# make lint        the checks of style and types alone
# make messages    takes the wording of code and templates into the catalogues that translators fill
# make catalogues  compiles the translations for the checkout
# make clean       removes what these made, the demo's data excepted

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
DATA ?= demo-data
WORKERS ?= 2
PYTEST ?=
BENCH ?=

PO := $(wildcard translations/*/LC_MESSAGES/messages.po)
MO := $(PO:.po=.mo)

.PHONY: help demo test bench lint browser messages catalogues clean

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: $(VENV)/installed catalogues
	$(BIN)/lms-tracker demo --port $(PORT) --data $(DATA)

test: lint catalogues browser
	$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST)

bench: $(VENV)/installed-for-tests
	$(BIN)/python -m bench $(BENCH)

lint: $(VENV)/installed-for-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

messages: $(VENV)/installed-for-tests
	$(BIN)/python -c 'from setuptools import setup; setup()' --quiet extract_messages update_catalog

catalogues: $(MO)

translations/%/LC_MESSAGES/messages.mo: translations/%/LC_MESSAGES/messages.po | $(VENV)/installed
	$(BIN)/pybabel compile -l $* -i $< -o $@

# Tests of whole journeys drive the system's Chromium; Playwright's own download is not used.
browser:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
	    || command -v google-chrome >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium; \
	else \
	    echo "The tests drive a real browser: please install Chromium (on Debian: sudo apt-get install chromium)," \
	         "then run make test again." >&2; \
	    exit 1; \
	fi

$(BIN)/python:
	@for candidate in python3 python3.11 python3.12 python3.13 python3.14; do \
	    if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "$$candidate -m venv $(VENV)"; exec "$$candidate" -m venv $(VENV); \
	    fi; \
	done; \
	echo "lms-tracker needs Python 3.11 or newer with its venv module (on Debian: apt-get install python3-venv)." >&2; \
	exit 1

# The stamps are as new as setup.cfg, so a second run installs nothing.
$(VENV)/installed: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/installed-for-tests: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,postgresql]'
	@touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis $(MO)
	find xapi lms_tracker tests -name __pycache__ -type d -prune -exec rm -rf {} +
