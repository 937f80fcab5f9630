#!/bin/sh
# Makes sure that the servers are here of which the tests start one of their own: PostgreSQL, and Redis or Valkey.
# As root on Debian it installs them; elsewhere it names the command to type, and the tests that need them are skipped by name.
set -eu

has_postgresql() {
  command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

has_redis() {
  command -v redis-server >/dev/null 2>&1 || command -v valkey-server >/dev/null 2>&1
}

installed() {
  command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ] || return 1
  echo "Installing a server for the tests (Debian package $1) ..." >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1"; } >/dev/null 2>&1
}

for server in postgresql redis; do
  "has_$server" && continue
  installed "$server" && "has_$server" && continue
  echo "The tests of $server need its server. Debian: sudo apt install $server. macOS: brew install $server" >&2
done
