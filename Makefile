# Everything a checkout can do. Each target sets up what it needs, in a virtual environment of its own.
#   make demo    make test    make help

VENV ?= .venv
# The first Python of 3.10 or later that answers; say PYTHON=... for another one.
PYTHON ?= $(shell for python in python3 python3.12 python3.11 python3.13 python3.10 python; do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1 \
	  && echo $$python && break; done)
BIN := $(abspath $(VENV))/bin
READY := $(VENV)/.ready
PYTEST_OPTIONS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test check lab examples docs corpus bench mutants faults coverage clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## extract an example notebook, run the package and its tests, show what to look at
	@PATH="$(BIN):$$PATH" .ci/demo build/demo

test: $(READY) ## everything: lint, layout, types, import contracts, tests
	@PATH="$(BIN):$$PATH" PYTEST_OPTIONS="$(PYTEST_OPTIONS)" .ci/tools lint layout types contracts labextension tests

check: $(READY) ## the quick part of test: all but the tests
	@PATH="$(BIN):$$PATH" .ci/tools lint layout types contracts labextension

lab: $(READY) ## build the JupyterLab extension where Node.js is; JupyterLab in .venv then has it
	@$(BIN)/python labextension/assets.py

examples: $(READY) ## extract the example notebooks anew into their committed packages
	@$(BIN)/python examples/regenerate.py

docs: $(READY) ## write the generated pages of docs/reference anew
	@$(BIN)/python docs/reference/generate.py

corpus: $(READY) ## compare packages with 90 real notebooks (fetches 2 GB, takes an hour)
	@PYTHONPATH=tests $(BIN)/python -m corpus fidelity
	@PYTHONPATH=tests $(BIN)/python -m corpus sweep
	@PYTHONPATH=tests $(BIN)/python -m corpus verify
	@PYTHONPATH=tests $(BIN)/python -m corpus peers

bench: $(READY) ## time nb2pkg beside other converters
	@$(BIN)/python bench/bench.py $(BENCH_OPTIONS)

mutants: $(READY) ## break the examples' packages in 100 ways: do verify and the tests notice? (15 minutes)
	@PYTHONPATH=tests $(BIN)/python -m mutants

faults: $(READY) ## kill runs at 200 moments and at each call to the system, fill disks, take stores away (an hour)
	@NB2PKG_KILLS=200 NB2PKG_KERNEL_KILLS=20 NB2PKG_DISK_STEP=4 NB2PKG_PAIRS=50 NB2PKG_OUTAGES=30 \
	  NB2PKG_HOLD_SECONDS=40 NB2PKG_SCHEDULE_MINUTES=60 NB2PKG_SYSCALLS=all NB2PKG_HUNT_SECONDS=20 $(BIN)/python -m pytest -q -rs tests/faults

coverage: $(READY) ## run the tests and say which lines they never reach
	@$(BIN)/python -m pytest -q --cov --cov-report=term --cov-report=html

clean: ## remove what the other targets made, the virtual environment too
	rm -rf build dist htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache \
	  .import_linter_cache .hypothesis \
	  labextension/node_modules labextension/lib labextension/tsconfig.tsbuildinfo src/nb2pkg/labextension
	@if [ -e "$(READY)" ]; then rm -rf "$(VENV)"; fi

# The stamp is newer than pyproject.toml as long as what is installed is what it asks for.
$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "nb2pkg needs Python 3.10 or later; none was found" >&2; exit 1; }
	@echo "setting up $(VENV) with $$($(PYTHON) --version) (a minute or two, once)"
	@$(PYTHON) -m venv "$(VENV)"
	@# The extension is built by `lab`, `test` and `check`, which link it instead of copying.
	@NB2PKG_SKIP_LAB=1 $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check -e '.[dev]'
	@touch "$@"
