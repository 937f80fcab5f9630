# Everything a newcomer types. `make run` and `make test` set up what they need; the other targets build on the same set-up.

BIN := .venv/bin
PORT ?= 8000
DATA ?= var
export PORT DATA
# The Node of the virtual environment comes first, so that everybody builds with the same one.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# An image of Python may say that what is compiled is not kept: then every server that a test starts would compile all of Motorkap again.
unexport PYTHONDONTWRITEBYTECODE

FAULTS ?= tests/faults

.PHONY: help setup build run test check lock fuzz load bench rehearse image screenshots docs clean

help:            ## what there is to type
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/:/' | column -t -s ':'

setup: .make/python .make/node build

.make/python: pyproject.toml requirements.lock scripts/setup_python.sh
	@sh scripts/setup_python.sh
	@mkdir -p .make && touch $@

.make/node: package.json package-lock.json .make/python
	@echo "Installing the JavaScript libraries ..."
	@npm ci --silent --no-audit --no-fund
	@mkdir -p .make && touch $@

build: .make/python .make/node   ## bundle the worker, the page script and the style
	@node scripts/build.mjs

run: setup       ## start Motorkap with demo organisations on an embedded SQLite (PORT, DATA)
	@flask --app app db upgrade >/dev/null
	@flask --app app demo
	@flask --app app push-keys >/dev/null
	@flask --app app welcome
	@LOG_LEVEL=$${LOG_LEVEL:-warning} exec gunicorn --config gunicorn.conf.py "app:create_app()"

test: setup      ## every test: Python, JavaScript and the real browser
	@sh scripts/find_chromium.sh >/dev/null
	@sh scripts/find_servers.sh
	@python -m pytest -n auto --dist loadfile --ignore tests/stories --ignore tests/composed
	@python -m pytest -n auto --dist worksteal tests/stories

check: setup     ## style, types, the arrows between the folders, and known weaknesses of libraries
	@ruff check .
	@mypy
	@lint-imports
	@python scripts/audit.py

lock: .make/python  ## requirements.lock anew from pyproject.toml: the newest of every Python library, with hashes
	@sh scripts/lock.sh
	@$(MAKE) --no-print-directory .make/python

fuzz: setup      ## twenty thousand requests that nobody in good faith would send (FUZZ, SEED)
	@FUZZ=$${FUZZ:-20000} python -m pytest tests/http/test_fuzz.py

load: setup      ## every fault of docs/faults.md in full size: hours (FAULTS names a file of them)
	@sh scripts/find_servers.sh
	@LOAD=full python -m pytest -n auto --dist loadfile -rP $(FAULTS)

bench: setup     ## the figures of docs/figures.md, target and result side by side
	@sh scripts/find_chromium.sh >/dev/null
	@python -m bench

rehearse: setup  ## the steps of deploy/Containerfile in a plain folder, and the server that comes out of it
	@python -m deploy.rehearse

image: setup     ## the image and deploy/compose.yaml in a container engine of its own (root on Debian, without a registry of images)
	@sh deploy/trial/engine.sh python -m pytest -rP tests/composed

screenshots: setup  ## the pictures of docs/pictures, from the real app
	@sh scripts/find_chromium.sh >/dev/null
	@python scripts/screenshots.py

docs: setup      ## docs/words.md from the vocabulary
	@python scripts/words.py

clean:           ## away with what was built; your data in DATA stays
	rm -rf .venv node_modules static/build static/vendor .make
