#!/bin/sh
# Makes sure that the programs of PostgreSQL are here, for the tests that start a server of their own.
# As root on Debian it installs the package; elsewhere it names the command to type, and the tests that need it are skipped by name.
set -eu

find_it() {
  command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

find_it && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing the database server for the tests (Debian package postgresql) ..." >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql; } >/dev/null 2>&1 || true
  find_it && exit 0
fi
echo "The tests of PostgreSQL need its server. Debian: sudo apt install postgresql. macOS: brew install postgresql" >&2
