# Every recipe is a call or two. What is out of date is decided by content, which make does not
# look at: `python -m umid_research report` does it, and the same with make and without.
#
#   make report RAW=studies/autumn           another study, its outputs in build/<its id>/
#   make report RAW=… PROCESSED=… REPORTS=…  the same, its outputs elsewhere
#   make report LANGUAGES=az                 only that language
#   make report SCHEDULER=tcp://…:8786       on the workers of a Dask cluster
#   make report RESULTS=s3://…/folder        the reports are copied there too

PYTHON ?= python3
RAW ?= data/raw

VENV := .venv
PY := $(VENV)/bin/python
UMID := $(PY) -m umid_research

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH

ifneq ($(words x$(RAW)x x$(PROCESSED)x x$(REPORTS)x),3)
$(error RAW, PROCESSED and REPORTS must be paths without spaces; rename the folder or use python -m umid_research report)
endif

# The bundled study has its folders at the top level, any other one below build/<its id>.
ifeq ($(abspath $(RAW)),$(CURDIR)/data/raw)
PROCESSED ?= data/processed
REPORTS ?= reports
else
ifeq ($(filter begin fetch,$(MAKECMDGOALS)),)
BUILD = build/$(or $(shell $(PYTHON) -m umid_research.runs.stamp --id $(RAW)),$(error RAW=$(RAW) is not a study folder))
endif
PROCESSED ?= $(BUILD)/processed
REPORTS ?= $(BUILD)/reports
endif

FOLDERS = --raw $(RAW) --processed $(PROCESSED) --reports $(REPORTS)
# The environment is what these files say, whatever their times are.
LOCKS := requirements.lock bootstrap.lock pyproject.toml
$(shell cat $(LOCKS) | cmp -s - $(VENV)/installed || rm -f $(VENV)/installed)

.PHONY: help report compare archive verify frames test check review style validate mutate faults fuzz bench docs lab begin fetch questionnaire templates monitor review-language simulate notebooks lock clean

help: ## lists these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

report: $(VENV)/installed ## everything from the exports to the reports
	@$(UMID) report $(FOLDERS) $(if $(LANGUAGES),--languages $(LANGUAGES)) $(if $(SCHEDULER),--scheduler "$(SCHEDULER)") $(if $(RESULTS),--results "$(RESULTS)") $(if $(CONFIDENTIAL),--confidential)

compare: $(VENV)/installed ## what has changed since an earlier round: STUDY= WITH=
	@$(UMID) change --raw "$(STUDY)" --earlier "$(WITH)" $(if $(LANGUAGES),--languages $(LANGUAGES))

archive: $(VENV)/installed ## tables, reports, codebook and what checks them, to be kept or passed on
	@$(UMID) archive $(FOLDERS)

frames: $(VENV)/installed ## the frames alone, which notebooks and JupyterLab read
	@$(UMID) frames $(FOLDERS)

# The workflow runs them beside each other.
TESTS = tests notebooks

test: style ## style, types, tests, and the notebooks' stored outputs
	$(PY) -m pytest --numprocesses auto --dist loadfile --nbval $(TESTS)

check: style ## style, types and the fast tests, in a minute: while editing
	$(PY) -m pytest -q --numprocesses auto --dist loadfile -m "not slow" tests

style: $(VENV)/installed ## style and types alone
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

review: $(VENV)/installed ## changed notebooks side by side in a browser, against BASE=HEAD
	$(VENV)/bin/nbdiff-web $(or $(BASE),HEAD) notebooks

fuzz: $(VENV)/installed ## 20,000 damaged exports, repeated groups and forms: each is read or ends in one clear error
	UMID_FUZZ_EXAMPLES=20000 $(PY) -m pytest -q tests/test_fuzz.py tests/test_fuzz_members.py tests/test_fuzz_forms.py

mutate: $(VENV)/installed ## changes a comparison or number of the analysis at a time; do tests notice? MUTANTS=60 SEED=1
	@$(PY) benchmarks/mutate.py --mutants $(or $(MUTANTS),60) --seed $(or $(SEED),1)

faults: $(VENV)/installed ## kills builds at random moments; is the next one as if undisturbed? KILLS=50 SEED=1
	@$(PY) benchmarks/faults.py --kills $(or $(KILLS),50) --seed $(or $(SEED),1)

validate: $(VENV)/installed ## the methods against R and 10,000 simulated studies; 200 studies attacked
	@OPENBLAS_NUM_THREADS=1 $(PY) tests/validation/validate.py --write docs/validation.md $(if $(SCHEDULER),--scheduler "$(SCHEDULER)")
	@OPENBLAS_NUM_THREADS=1 $(PY) tests/validation/attacks.py $(if $(SCHEDULER),--scheduler "$(SCHEDULER)")

verify: $(VENV)/installed ## reports and inputs are as manifest.json says, each file named that is not
	@$(UMID) verify $(REPORTS) --raw $(RAW)

bench: $(VENV)/installed ## ratios with their aims: builds, 66 districts, a million responses
	@$(PY) benchmarks/bench.py

lab: frames ## JupyterLab on copies of the notebooks, and on notebooks of your own
	@$(UMID) lab $(FOLDERS)

docs: $(VENV)/installed ## a site of API, frames, methods and recipes: open build/docs/index.html
	@$(PY) docs/site.py

begin: $(VENV)/installed ## a new study folder around a form: RAW= FORM= DISTRICT= GROUP= [LANGUAGE=]
	@$(UMID) begin --raw $(RAW) --form "$(FORM)" --district "$(DISTRICT)" --group "$(GROUP)" --language "$(if $(findstring command,$(origin LANGUAGE)),$(LANGUAGE))"

fetch: $(VENV)/installed ## form and submissions from KoboToolbox or ODK Central: RAW= [SERVER=]
	@$(UMID) fetch --raw $(RAW) --server "$(SERVER)"

questionnaire: $(VENV)/installed ## the forms: XLSX and XForm, paper, codebook, Google Forms
	@$(UMID) questionnaire $(FOLDERS)

templates: $(VENV)/installed ## a workbook for each register of the activities, to be filled in
	@$(UMID) templates $(FOLDERS)

monitor: $(VENV)/installed ## the state of the field work today: a page and a workbook for the team
	@$(UMID) monitor $(FOLDERS) $(if $(LANGUAGES),--languages $(LANGUAGES)) $(if $(DAY),--day $(DAY))

review-language: $(VENV)/installed ## a workbook for a native reader; LANGUAGE=az, and FILE= the one that came back
	@$(UMID) review-language "$(if $(findstring command,$(origin LANGUAGE)),$(LANGUAGE))" $(if $(FILE),--corrections "$(FILE)")

simulate: $(VENV)/installed ## writes the bundled study anew, to the same bytes
	@$(UMID) simulate

notebooks: frames ## runs the notebooks and stores their outputs in them
	@$(UMID) notebooks $(FOLDERS)

lock: $(VENV)/installed ## resolves the versions anew, into requirements.lock
	$(VENV)/bin/uv pip compile --quiet pyproject.toml --group dev --universal --fork-strategy fewest --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --output-file requirements.lock

clean: ## removes what was derived; the environment and the respondent key stay
	@rm -rf build
	@find data/processed reports -mindepth 1 ! -name README.md -delete

# uv installs in a tenth of pip's time; pip is the way where uv does not reach the registry.
$(VENV)/installed:
	@$(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.exit(None if sys.version_info >= (3, 11) else "umid_research needs Python 3.11 or newer, this is " + v)'
	@echo "environment in $(VENV), about half a minute ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	@$(VENV)/bin/uv pip install --quiet --python $(PY) --require-hashes -r requirements.lock || $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@cat $(LOCKS) > $@
