#!/usr/bin/env bash
# Installs this version of `reconcile`, with the pinned versions of what it needs and what builds it, away from the
# checkout: no file of the project is ever on the path of a program, and no key is there while packages are built.
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
home=${RUNNER_TEMP:?}/reconcile-home
for name in $(compgen -e); do
  case $name in
    PATH | HOME | LANG | TMPDIR | LD_LIBRARY_PATH | RUNNER_TEMP | GITHUB_PATH) ;;
    PIP_* | *_proxy | *_PROXY | SSL_CERT_* | REQUESTS_CA_BUNDLE) ;;
    *) unset "$name" ;;
  esac
done
cd "$RUNNER_TEMP"
export PYTHONSAFEPATH=1
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo '::error title=reconcile::Python 3.11 or later is needed; put actions/setup-python before this step' >&2
  exit 1
fi
if [ ! -x "$home/bin/reconcile" ]; then
  rm -rf "$home"
  python3 -m venv "$home"
  pip=("$home/bin/python" -m pip install --quiet --disable-pip-version-check)
  "${pip[@]}" -c "$source/constraints.txt" hatchling # constraints do not reach what builds in isolation
  "${pip[@]}" --no-build-isolation -c "$source/constraints.txt" "$source"
fi
"$home/bin/reconcile" --version
printf '%s\n' "$home/bin" >>"$GITHUB_PATH"
