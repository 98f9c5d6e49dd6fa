#!/usr/bin/env bash
# What `make e2e` needs beside the environment of the tests: a browser, what drives it, and what judges pages.
# A browser is taken from $CHROMIUM, else from the PATH, else from the system's packages, else from Playwright.
set -euo pipefail
cd "$(dirname "$0")/../.."
have() { command -v "$1" >/dev/null 2>&1; }
packages() { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }

.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[e2e]'
{ have node && have npm; } || packages nodejs npm
(cd tests/e2e && npm ci --ignore-scripts --no-progress --loglevel=error)
if [ -z "${CHROMIUM:-}" ] && ! have chromium && ! have google-chrome; then
  packages chromium || .venv/bin/python -m playwright install --with-deps chromium
fi
mkdir -p .e2e
touch .e2e/.ready
