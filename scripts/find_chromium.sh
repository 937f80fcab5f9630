#!/bin/sh
# Prints the path of the browser that the tests drive: $CHROMIUM, or Debian's chromium, or one that is installed already.
# As root on Debian it installs the package; elsewhere it names the command to type.
set -eu

find_it() {
  for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    [ -n "$candidate" ] && command -v "$candidate" 2>/dev/null && return 0
  done
  return 1
}

find_it && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  echo "Installing the browser for the tests (Debian package chromium) ..." >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } >/dev/null 2>&1 || true
  find_it && exit 0
fi
echo "The browser tests need Chromium. Debian: sudo apt install chromium. macOS: brew install --cask chromium" >&2
exit 1
