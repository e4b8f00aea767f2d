PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python

.PHONY: install demo test check bench lock

install: $(VENV)/.installed

$(VENV)/.installed: requirements.txt requirements-dev.txt
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

demo: install
	$(PY) -m bot demo $(DEMO)

test: install
	$(PY) -m pytest $(PYTEST)

check: install
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

bench: install
	YEAR_STEP=1 $(PY) -m pytest tests/benchmarks tests/system/test_simulated_year.py -s $(PYTEST)

lock:
	$(VENV)/bin/pip-compile --quiet --strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --no-emit-trusted-host --no-header --output-file requirements.txt pyproject.toml
	$(VENV)/bin/pip-compile --quiet --strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --no-emit-trusted-host --no-header --allow-unsafe --extra dev --constraint requirements.txt \
	    --output-file requirements-dev.txt pyproject.toml
