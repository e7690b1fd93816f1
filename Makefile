# The two commands: `make picture` and `make test`. Everything lives in .venv.
# A worker takes whole files, as tests of one share what takes time (1.6 times as fast on two cores).
# `make test-long` runs what takes long: headless Chromium, whole fetches, wheels, notebooks.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: picture test test-long lint clean

picture: $(VENV)/.stamp-core
	$(BIN)/tilannekuva build kainuu

test: $(VENV)/.stamp-test
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow and not browser"

test-long: $(VENV)/.stamp-test
	$(BIN)/python -m pytest -n auto -m "slow or browser"

lint: $(VENV)/.stamp-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# A stamp is renewed when what is installed has changed.
$(VENV)/.stamp-core: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -e ".[all]"
	touch $@

$(VENV)/.stamp-test: $(VENV)/.stamp-core
	$(PIP) -e ".[test]"
	touch $@

$(VENV)/.stamp-lint: $(VENV)/.stamp-test
	$(PIP) -e ".[lint]"
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
