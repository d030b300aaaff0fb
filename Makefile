# Everything from a bare clone: needs Python 3.11 to 3.13 and make, nothing else.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-input -c constraints.txt
INPUTS := pyproject.toml constraints.txt

.PHONY: help demo test nightly lint format proto data bench peers rivals clean

help:
	@echo 'make demo     a real city: a clerk'\''s answer and Towline'\''s side by side'
	@echo 'make test     every check: ruff, types, architecture, tests'
	@echo 'make nightly  the long suites'
	@echo 'make bench    the benchmarks, results into benchmarks/results'
	@echo 'make peers    beside OSRM, Valhalla and pandana (in an environment of their own)'
	@echo 'make rivals   queues beside VROOM, PyVRP and OR-Tools routing, siting beside spopt, what-ifs beside pandana (likewise; about an hour)'
	@echo 'make proto    regenerate the gRPC stubs and docs/rules.md'
	@echo 'make data     derive the bundled region again from its source'

$(VENV)/python.stamp:
	@test -n "$(PYTHON)" || { echo 'Towline needs Python 3.11, 3.12 or 3.13; none found. Set PYTHON=/path/to/python3'; exit 1; }
	@echo 'Creating $(VENV) with $(PYTHON) ...'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: $(VENV)/python.stamp $(INPUTS)
	@echo 'Installing Towline (about a minute) ...'
	@$(PIP) -e .
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	@echo 'Installing the tools for development ...'
	@$(PIP) -e '.[dev]'
	@touch $@

$(VENV)/bench.stamp: $(VENV)/run.stamp
	@$(PIP) -e '.[benchmarks]'
	@touch $@

demo: $(VENV)/run.stamp
	@$(BIN)/towline demo --map out/demo.html

lint: $(VENV)/dev.stamp
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/ty check
	@$(BIN)/lint-imports

# The tests begin many Python processes, each of which would compile Towline's sources anew where
# PYTHONDONTWRITEBYTECODE is set.
test nightly: export PYTHONDONTWRITEBYTECODE =

test: lint
	@$(BIN)/python -m pytest

nightly: lint
	@$(BIN)/python -m pytest -m 'nightly or not nightly'

format: $(VENV)/dev.stamp
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

proto: $(VENV)/dev.stamp
	@$(BIN)/python proto/generate.py
	@$(BIN)/python proto/rules_page.py

bench: $(VENV)/bench.stamp
	@$(BIN)/python -m benchmarks.search
	@$(BIN)/python -m benchmarks.traffic
	@$(BIN)/python -m benchmarks.live_traffic
	@$(BIN)/python -m benchmarks.departures
	@$(BIN)/python -m benchmarks.snapping
	@$(BIN)/python -m benchmarks.carriageways
	@$(BIN)/python -m benchmarks.recommend
	@$(BIN)/python -m benchmarks.authentication
	@$(BIN)/python -m benchmarks.assign
	@$(BIN)/python -m benchmarks.fleet_index
	@$(BIN)/python -m benchmarks.regions
	@$(BIN)/python -m benchmarks.interop
	@$(BIN)/python -m benchmarks.growth
	@$(BIN)/python -m benchmarks.simulate
	@$(BIN)/python -m benchmarks.expected
	@$(BIN)/python -m benchmarks.coverage_page
	@$(BIN)/python -m benchmarks.coverage_beside
	@$(BIN)/python -m benchmarks.queues --seeds 3 --add
	@$(BIN)/python -m benchmarks.what_if
	@$(BIN)/python -m benchmarks.sweep_dask
	@$(BIN)/python -m benchmarks.watch
	@$(BIN)/python -m benchmarks.positions
	@$(BIN)/python -m benchmarks.live_load
	@$(BIN)/python -m benchmarks.failover
	@$(BIN)/python -m benchmarks.restart
	@$(BIN)/python -m benchmarks.served_day
	@$(BIN)/python -m benchmarks.soak
	@$(BIN)/python -m benchmarks.page

.venv-peers/peers.stamp: benchmarks/peers/requirements.txt
	@p=$$(for p in python3.13 python3.12 python3; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$p && break; done); \
	test -n "$$p" || { echo 'The engines compared with need Python 3.12 or newer; none found.'; exit 1; }; \
	$$p -m venv .venv-peers && .venv-peers/bin/pip --disable-pip-version-check install --quiet -r benchmarks/peers/requirements.txt
	@touch $@

peers: $(VENV)/bench.stamp .venv-peers/peers.stamp
	@$(BIN)/python -m benchmarks.peers
	@$(BIN)/python -m benchmarks.page

.venv-rivals/rivals.stamp: benchmarks/queues-requirements.txt
	@test -n "$(PYTHON)" || { echo 'The rivals need Python 3.11 to 3.13; none found. Set PYTHON=/path/to/python3'; exit 1; }
	@$(PYTHON) -m venv .venv-rivals && .venv-rivals/bin/pip --disable-pip-version-check install --quiet -r benchmarks/queues-requirements.txt
	@touch $@

rivals: $(VENV)/bench.stamp .venv-rivals/rivals.stamp
	@$(BIN)/python -m benchmarks.queues --rivals
	@$(BIN)/python -m benchmarks.siting --rival
	@$(BIN)/python -m benchmarks.what_if_peers --python .venv-rivals/bin/python
	@$(BIN)/python -m benchmarks.page

data: $(VENV)/dev.stamp
	@$(BIN)/python graphs/data/derive_coquimbo.py

clean:
	rm -rf $(VENV) .venv-peers .venv-rivals .venv-siting out dist .pytest_cache .ruff_cache
