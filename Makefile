# Everything a person does with a clone of apexproof. `make` alone lists it.
# Needs Python 3.11 or newer and make; everything else is fetched into .venv (and .uv), with hashes checked.

PYTHON ?= python3
UV     := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
BIN    := .venv/bin
READY  := .venv/.ready

export UV_PYTHON_DOWNLOADS := never
# Sums over several threads come in another order each time: one thread fits the same model to the digit.
ONE_THREAD := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
# The project is installed here only: an environment that happens to be active is not touched.
unexport VIRTUAL_ENV
# The tests start some hundred processes: none is to compile again what another has.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test screenshots faults trust fuzz mutants check audit bench scale reuse legibility search words docs fixtures lock view-model view-report clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv with apexproof and everything it needs

.uv/bin/uv: requirements/uv.txt
	@$(PYTHON) -m venv .uv
	@.uv/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements/uv.txt

$(READY): requirements/dev.txt pyproject.toml $(filter .uv/bin/uv,$(UV))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "apexproof needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11")'
	@echo "Setting up .venv: once, about half a minute."
	@$(UV) venv --quiet --clear --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv
	@$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY) ## verify the demo claims of fixtures/, show what was found, and send one to the service
	@$(BIN)/python -m fixtures.demo

test: $(READY) ## the whole test suite
	@$(BIN)/python -m pytest

screenshots: $(READY) ## take the pictures of the README anew, of pages in Chromium
	@$(BIN)/python -m tests.pages.screenshots

faults: $(READY) ## kill, stop and starve a loaded service again and again; nothing may be lost (some minutes)
	@$(BIN)/python -m trust.campaign --only "kill the pool and its readers"
	@$(BIN)/python -m trust.campaign --only "pause the broker for a minute" --claims 300 --faults 1
	@$(BIN)/python -m trust.campaign --claims 1500 --faults 150
	@$(BIN)/python -m trust.campaign --claims 1500 --faults 150 --postgres

trust: $(READY) ## run what it is to withstand on the real parts, and write docs/trust.md (bounded: about an hour, 20 minutes of it steady load)
	@$(BIN)/python -m trust

fuzz: $(READY) ## feed every reader and format with what nobody would send, for longer; other files too: make fuzz FILES=/path
	@$(BIN)/python -m trust.fuzzing $(if $(FILES),--files "$(FILES)")

mutants: $(READY) ## change one thing in the checks at a time, and list what no test notices (hundreds of changes: some minutes)
	@$(BIN)/python -m trust.mutants

check: $(READY) ## formatting, lint, types, architecture, generated documents
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m docs.generate --check

audit: $(READY) ## ask PyPI which faults are known of the locked versions; one that cannot be asked about counts as one
	@for locked in runtime dev build uv; do \
	  $(UV) tool run --quiet --from pip-audit==2.10.1 pip-audit --strict --require-hashes --disable-pip --progress-spinner off \
	    -r requirements/$$locked.txt || failed=1; \
	done; exit $${failed:-0}

bench: $(READY) ## measure what is promised about speed, each figure against its floor, and write docs/speed.md
	@$(BIN)/python -m benchmarks

scale: $(READY) ## judge a hundred thousand and a million kept claims anew and report on them, on both databases, and write docs/scale.md (an hour, 20 GB)
	@$(BIN)/python -m benchmarks.scale

reuse: $(READY) ## measure how often a film is found again, and write docs/fingerprint.md: make reuse VIEWS=/path/to/pictures
	@test -d "$(VIEWS)" || { echo "Name the folder of pictures: make reuse VIEWS=/path/to/pictures (docs/view-model.md)"; exit 2; }
	@$(BIN)/python -m benchmarks.reuse "$(VIEWS)"

legibility: $(READY) ## measure how many periapicals count as legible, sound and spoilt, and write docs/legibility.md: VIEWS as above
	@test -d "$(VIEWS)" || { echo "Name the folder of pictures: make legibility VIEWS=/path/to/pictures (docs/view-model.md)"; exit 2; }
	@$(BIN)/python -m benchmarks.legibility "$(VIEWS)"

search: $(READY) ## measure how fast a film is found among ten million (about 9 GB on disk, 6 GB of memory)
	@$(BIN)/python -m benchmarks.search

words: $(READY) ## measure how well burned-in words are read, on generated overlays; invented ones in PICTURES=/path/without/words
	@$(BIN)/python -m benchmarks.words $(if $(PICTURES),400 "$(PICTURES)")

docs: $(READY) ## write the generated documents anew (docs/checks.md, docs/openapi.json, docs/sbom.json, docs/schema/)
	@$(BIN)/python -m docs.generate

fixtures: $(READY) ## write the synthetic cases of fixtures/cases anew
	@$(BIN)/python -m fixtures.generate

.venv-training/.ready: pyproject.toml requirements/runtime.txt
	@$(PYTHON) -m venv --clear .venv-training
	@.venv-training/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes -r requirements/runtime.txt
	@.venv-training/bin/python -m pip --quiet --disable-pip-version-check install --editable '.[view-model]'
	@touch $@

view-model: .venv-training/.ready ## fit the view model anew: make view-model VIEWS=/path/to/pictures
	@test -d "$(VIEWS)" || { echo "Name the folder of pictures: make view-model VIEWS=/path/to/pictures (docs/view-model.md)"; exit 2; }
	@$(ONE_THREAD) .venv-training/bin/python -m training.fit "$(VIEWS)"

view-report: .venv-training/.ready ## judge it on sources left out, and write docs/view-model.md
	@test -d "$(VIEWS)" || { echo "Name the folder of pictures: make view-report VIEWS=/path/to/pictures (docs/view-model.md)"; exit 2; }
	@$(ONE_THREAD) .venv-training/bin/python -m training.report "$(VIEWS)"

lock: $(READY) ## pin the requirements anew, with hashes and without naming a registry
	@$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --output-file requirements/runtime.txt
	@$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --group dev --output-file requirements/dev.txt
	@$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header requirements/uv.in --output-file requirements/uv.txt
	@$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header requirements/build.in --output-file requirements/build.txt

clean: ## remove everything that make made
	@rm -rf .venv .venv-training .uv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
