#!/bin/sh
# Makes sure that Caddy is here, for the tests that put it before two processes.
# As root on Debian it installs the package; elsewhere it names the command to type, and the tests that need it are skipped by name.
set -eu

find_it() {
  command -v caddy >/dev/null 2>&1
}

find_it && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing the proxy for the tests (Debian package caddy) ..." >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq caddy; } >/dev/null 2>&1 || true
  find_it && exit 0
fi
echo "The tests of deploy/Caddyfile need Caddy. Debian: sudo apt install caddy. macOS: brew install caddy" >&2
