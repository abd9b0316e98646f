# The targets anybody needs. What takes more than a line stands in bin/.

PYTHON_BIN := .venv/bin/python
CATALOGS := $(patsubst %.po,%.mo,$(wildcard portal/translations/*/LC_MESSAGES/*.po))

# Keep compiled modules whatever the environment says: every start is quicker.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help setup run test check fast translations lock audit sbom bench clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready .cache/fonts/.ready $(CATALOGS) ## install everything the portal needs (PRODUCTION=1: without developers' tools)

run: setup ## start the portal (PORT and PORTAL_DATA are honoured)
	@exec $(PYTHON_BIN) -m portal

test: setup ## run every check and every test, also those in a browser
	@bin/browser
	@bin/programs
	@$(PYTHON_BIN) bin/check
	@$(PYTHON_BIN) -m pytest -n 2 tests

check: setup ## run the static checks
	@$(PYTHON_BIN) bin/check

fast: setup ## run the tests that need neither a browser nor a database server
	@bin/programs
	@$(PYTHON_BIN) -m pytest -n auto -m "not browser and not postgres" tests

translations: setup ## take new texts into the English catalogue, to be translated there
	@.venv/bin/pybabel -q extract -F babel.cfg -k _l -k _lp:1c,2 -k _ --no-location --sort-output -o .cache/messages.pot .
	@.venv/bin/pybabel -q update -i .cache/messages.pot -d portal/translations -l en -w 120 --no-fuzzy-matching --ignore-pot-creation-date
	@.venv/bin/pybabel -q compile -d portal/translations

lock: ## renew requirements.lock (make lock UPGRADE=1 takes newer versions)
	@bin/lock $(if $(UPGRADE),--upgrade)

audit: setup ## hold the libraries against known holes (AUDIT_URL=... asks another OSV service)
	@bin/audit

sbom: setup ## write the bill of materials (CycloneDX) to dist/
	@$(PYTHON_BIN) tools/sbom.py

bench: setup ## measure the portal under load
	@$(PYTHON_BIN) -m benchmarks

clean: ## remove what setup and the tests made; never touches the portal's data
	rm -rf .venv .uv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf node_modules dist
	rm -f portal/translations/*/LC_MESSAGES/*.mo

.venv/.ready: requirements.lock bin/setup bin/production bin/lib.sh
	@PYTHON="$(PYTHON)" PRODUCTION="$(PRODUCTION)" bin/setup

.cache/fonts/.ready: tools/make_fonts.py .venv/.ready
	@$(PYTHON_BIN) tools/make_fonts.py
	@touch $@ && touch -d "$$(date '+%F %T')" $(@D)
	@$(PYTHON_BIN) -c "from portal.pdf import fonts; from weasyprint.text.fonts import FontConfiguration as read; read()"

%.mo: %.po .venv/.ready
	@$(PYTHON_BIN) -m babel.messages.frontend -q compile -i $< -o $@
