# One command a chore. `make demo` and `make test` are all that a fresh machine needs.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
STUDY ?= pipelines/studies/digits.toml
# models of that study whose most fragile samples get occlusion maps in the bundled one
ATTRIBUTED ?= lenet5-seed0 lenet5-seed0-magnitude-0.9-seed0

.DEFAULT_GOAL := help
.PHONY: help demo app test lint types bench soak bundle

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

demo: $(VENV)/pipelines-installed ## build the study of handwritten digits and open the app on it
	$(RUN) -m pipelines.run $(STUDY)
	PRUNESCOPE_STUDY=$(basename $(notdir $(STUDY))) $(RUN) -m streamlit run Home.py

app: $(VENV)/app-installed ## open the app on the studies in data/
	$(RUN) -m streamlit run Home.py

test: $(VENV)/tests-installed ## run all tests
	$(RUN) -m pytest -n auto --dist loadfile

lint: $(VENV)/tests-installed ## check style and format
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

types: $(VENV)/tests-installed ## check types
	$(RUN) -m mypy

bench: $(VENV)/tests-installed ## print speed as ratios taken in one run
	for name in inner_loop training pruning corruptions pages local_geometry global_geometry samples robustness ad_hoc_sql sessions; do $(RUN) -m benchmarks.$$name || exit 1; done

soak: $(VENV)/tests-installed ## 20 people in the app for 10 minutes while its study is made again, killed and published
	$(RUN) -m benchmarks.soak

bundle: $(VENV)/pipelines-installed ## make data/demo.duckdb, the study that the repository carries
	$(RUN) -m pipelines.run $(STUDY)
	$(RUN) -m pipelines.attribute $(STUDY) --models $(ATTRIBUTED)
	$(RUN) -m pipelines.bundle $(STUDY)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/app-installed: requirements.txt constraints.txt | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --requirement requirements.txt
	@touch $@

$(VENV)/pipelines-installed: pipelines/requirements.txt requirements.txt constraints.txt | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --requirement pipelines/requirements.txt
	@touch $@ $(VENV)/app-installed

$(VENV)/tests-installed: tests/requirements.txt pipelines/requirements.txt requirements.txt constraints.txt | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --requirement tests/requirements.txt
	@touch $@ $(VENV)/pipelines-installed $(VENV)/app-installed
