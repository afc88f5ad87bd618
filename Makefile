# Two commands do everything: `make run` to try it, `make test` to check it. Both need only Python 3.11 or later.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A provider of OpenID Connect, which one test signs in at.
PROVIDER := build/provider
LATER_PYTHONS := 3.12 3.13
LOCK_COMMAND := make lock
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "$(LOCK_COMMAND)" pyproject.toml

# Tests start the service some hundred times; where this is set each start would compile all that it loads.
unexport PYTHONDONTWRITEBYTECODE

SAMPLE = rm -rf instance/samples; FEEDBACK_INSTANCE=instance/samples $(BIN)/python -m feedback demo sample

.PHONY: help run test test-quick outside check release samples screenshots bench coverage mutants format messages openapi lock clean

help: ## Show this help
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.run: requirements-demo.lock .ci/install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=python3.12 run"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@sh .ci/install requirements-demo.lock $(VENV)
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@sh .ci/install requirements-dev.lock $(VENV)
	@touch $@

run: $(VENV)/.run ## Start the demo: web pages, worker and a mailbox, on this machine only
	@exec $(BIN)/python -m feedback demo run

$(PROVIDER)/.installed: tests/browser/provider/package-lock.json
	@mkdir -p $(PROVIDER)
	@cp tests/browser/provider/* $(PROVIDER)
	@if command -v npm >/dev/null; then \
		(cd $(PROVIDER) && npm ci --silent --no-audit --no-fund --ignore-scripts >/dev/null) && touch $@; \
	else echo "NO NPM: signing in is tried with no real provider of OpenID Connect"; fi

# Three on two cores: many tests wait for a process, a relay or a disk.
test: check $(PROVIDER)/.installed ## Check everything: style, types, imports, then all tests on SQLite and PostgreSQL
	@$(BIN)/python -m pytest -n 3

RULES = tests/auditor tests/domain tests/forms tests/locales tests/reporting tests/services
QUICK = $(RULES) --ignore tests/services/mail

test-quick: $(VENV)/.dev ## Run the tests of rules, services and reports, on SQLite and without mail
	@$(BIN)/python -m pytest -q -n 2 -k "not postgresql" $(QUICK)

outside: $(VENV)/.dev ## Check on a larger scale, and with what a machine may lack: LibreOffice, buildah, later Pythons
	@$(BIN)/python -m pytest -rs -n 2 -m "outside or large or hypothesis"
	@for version in $(LATER_PYTHONS); do \
		command -v python$$version >/dev/null || { echo "NO PYTHON $$version: nothing was tested with it"; continue; }; \
		$(MAKE) --no-print-directory PYTHON=python$$version VENV=.venv-$$version QUICK="$(RULES) tests/rendering tests/storage" test-quick || exit 1; \
	done

check: $(VENV)/.dev ## Check style, types, import rules and templates only
	@$(BIN)/ruff format --check --quiet . || { echo "run: make format"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/mypy --no-error-summary examples/client
	@said=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$said"; exit 1; }
	@$(BIN)/djlint --check --lint --quiet templates

release: $(VENV)/.dev ## Check that all is there for a release, test it and build it in dist/; WITHOUT_TESTS=1 only checks and builds
	@$(BIN)/python -m release check
	@$(MAKE) --no-print-directory $(if $(WITHOUT_TESTS),check,test)
	@$(BIN)/python -m release build

samples: $(VENV)/.run ## Make the sample reports in examples/reports anew: 8 pairs, 27 people, 1,200 people
	@$(SAMPLE) examples/reports/8-pairs --name "Eight pairs" --mentors 8 --mentees 8
	@$(SAMPLE) examples/reports/27-people --name "Twenty-seven people" --mentors 14 --mentees 13
	@$(SAMPLE) examples/reports/1200-people --name "Twelve hundred people" --mentors 600 --mentees 600 \
		--cohort London --cohort Lagos --cohort Lima

screenshots: $(VENV)/.dev ## Take pictures of every page and mail, to be looked at
	@$(BIN)/python -m bench.screenshots

bench: $(VENV)/.dev ## Measure speed and size, beside references measured in the same run
	@$(BIN)/python -m bench

coverage: $(VENV)/.dev $(PROVIDER)/.installed ## Run all tests and tell which lines and branches none of them takes (slow)
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(BIN)/python -m coverage run -m pytest -q -n 3 --ignore tests/house/test_loaded.py; $(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report --skip-covered --show-missing >build/coverage/report.txt; tail -n 1 build/coverage/report.txt

mutants: $(VENV)/.dev ## Alter the rules, the auditor and the statistics in small ways; list what no test notices (slow)
	@$(BIN)/python -m mutmut run; $(BIN)/python -m mutmut results

format: $(VENV)/.dev ## Format code and templates
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet . ; $(BIN)/djlint --reformat --quiet templates || true

messages: $(VENV)/.dev ## Gather the sentences to be translated into feedback/translations, keeping what is there
	@mkdir -p build
	@$(BIN)/pybabel --quiet extract --mapping pyproject.toml --keyword lazy_gettext --keyword sentence --omit-header --sort-output \
		--add-location file --output-file build/feedback.pot .
	@$(BIN)/pybabel --quiet update --domain feedback --input-file build/feedback.pot --output-dir feedback/translations \
		--ignore-obsolete --no-fuzzy-matching --ignore-pot-creation-date --no-wrap

openapi: $(VENV)/.dev ## Write docs/openapi.json anew, the description of what programs may ask
	@$(BIN)/python -c 'from feedback.web.api.description import describe; print(describe().decode(), end="")' >build/openapi.json
	@mv build/openapi.json docs/openapi.json

lock: $(VENV)/.run ## Resolve the dependencies again
	@$(COMPILE) --output-file requirements.lock --upgrade
	@$(COMPILE) --extra demo --output-file requirements-demo.lock --upgrade
	@$(COMPILE) --extra demo --extra dev --output-file requirements-dev.lock --upgrade

clean: ## Remove the environment and the demo's data
	@rm -rf $(VENV) instance dist
