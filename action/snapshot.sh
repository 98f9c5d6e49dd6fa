#!/usr/bin/env bash
# Takes a snapshot of the instance, against which pull requests without a key are planned.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=action/ground.sh
source "$here/ground.sh"

only_on push schedule workflow_dispatch
require environment snapshot
mkdir -p "$(dirname -- "$INPUT_SNAPSHOT")"
code=0
ours snapshot "${options[@]}" -C "$project" "--env=$environment" --out "$INPUT_SNAPSHOT" || code=$?
output exit-code "$code"
exit "$code"
