# Every target sets up what it needs: a virtual environment in .venv, from the pinned lock file.
PYTHON ?= python3
BIN := .venv/bin
BUILD := _build/html
JOBS ?= 2
.DEFAULT_GOAL := help
.PHONY: help book test check accept guard simulate bench serve lint format lock clean biome release

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else f'Python 3.11 or newer is needed; {sys.executable} is {v[0]}.{v[1]}. Name another: make PYTHON=python3.12')"
	@echo "setting up .venv (once; about a minute)"
	@$(PYTHON) -m venv .venv || { echo "python3 cannot make virtual environments; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(BIN)/pip install --disable-pip-version-check --no-input --require-hashes -r requirements.lock
	@$(BIN)/pip install --disable-pip-version-check --no-input --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Scripts and styles are linted by a tool from npm; without npm everything else still works.
node_modules/.ready: package.json package-lock.json
	@npm ci --include=dev --no-audit --no-fund --silent
	@touch $@

book: .venv/.ready ## build the book into _build/html; stops if a claim moved and was not accepted
	@$(BIN)/cartreview claims --check
	@$(BIN)/python book/_ext/execute.py --jobs $(JOBS)
	@$(BIN)/jupyter-book build -W -n --keep-going --quiet .
	@echo "the book is in $(BUILD)/index.html; read it with: make serve"

test: lint check book ## check style, types, data and claims, build the book, run every test
	@$(BIN)/python -m pytest -n $(JOBS) --quiet

check: .venv/.ready ## check tables, bibliography and prose, and say which claims moved (seconds)
	@$(BIN)/cartreview check; found=$$?; $(BIN)/cartreview claims --check && exit $$found

accept: export CARTREVIEW_WHY = $(value WHY)
accept: .venv/.ready ## accept the claims as computed now; WHY="the reason" is kept in data/changes.csv
	@$(BIN)/cartreview claims --accept $${CARTREVIEW_WHY:+--why "$$CARTREVIEW_WHY"}

guard: .venv/.ready ## change 3,000 data cells drawn at random (minutes), ALL=1 every one (half an hour); writes data/guard.csv
	@$(BIN)/cartreview guard --write --jobs $(JOBS) $(if $(ALL),,--sample 3000)

simulate: .venv/.ready ## count what intervals of pooled proportions cover (minutes); writes data/simulation.csv
	@$(BIN)/cartreview simulate --write

bench: .venv/.ready ## print measured speed beside its budget
	@$(BIN)/python tests/benchmarks.py

serve: book ## build the book and open it on localhost
	@$(BIN)/python -m webbrowser -t http://localhost:8000/ >/dev/null 2>&1 || true
	@echo "http://localhost:8000/ (stop with Ctrl+C)"
	@$(BIN)/python -m http.server 8000 --bind localhost --directory $(BUILD)

lint: .venv/.ready ## check style and types
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "run: make format"; exit 1; }
	@$(BIN)/python book/_ext/lint_cells.py
	@$(BIN)/mypy
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory biome DO="check --error-on-warnings"; \
	else echo "scripts and styles are not linted: npm is not there"; fi

format: .venv/.ready ## mend style
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory biome DO="check --write"; fi

biome: node_modules/.ready
	@node_modules/.bin/biome $(DO)

release: export CARTREVIEW_VERSION = $(value VERSION)
release: .venv/.ready ## release the data: make release VERSION=2026.11.1; DRY=1 only says what it would do
	@test -n "$$CARTREVIEW_VERSION" || { echo "which version? make release VERSION=2026.11.1"; exit 2; }
	@$(BIN)/cartreview release "$$CARTREVIEW_VERSION" $(if $(DRY),--dry-run)
ifndef DRY
	@$(MAKE) --no-print-directory check book
	@$(BIN)/cartreview release "$$CARTREVIEW_VERSION" --tag
	@$(MAKE) --no-print-directory book # the page of changes names the version once it is tagged
	@$(BIN)/cartreview release "$$CARTREVIEW_VERSION" --pack
endif

lock: ## write requirements.lock anew from pyproject.toml; UPGRADE=1 takes the newest versions (needs uv)
	@command -v uv >/dev/null || { echo "uv is needed: pipx install uv, or https://docs.astral.sh/uv/"; exit 1; }
	uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --no-header --no-emit-index-url $(if $(UPGRADE),--upgrade) --output-file requirements.lock pyproject.toml

clean: ## remove what was built; .venv and node_modules stay
	rm -rf _build
