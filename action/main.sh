#!/usr/bin/env bash
# The command that the input names, each in a file of its own.
set -euo pipefail
case ${INPUT_COMMAND:-} in
  validate | plan | apply | drift | snapshot | comment) exec bash "$(dirname "$0")/$INPUT_COMMAND.sh" ;;
esac
echo '::error title=reconcile::the input command is one of validate, plan, apply, drift, snapshot, comment' >&2
exit 64
