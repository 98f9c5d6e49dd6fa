#!/usr/bin/env bash
# Checks the files. Needs no key, no token and no trust in whoever wrote them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=action/ground.sh
source "$here/ground.sh"

words=(-C "$project")
[ -z "$environment" ] || words+=("--env=$environment")
code=0
ours validate "${options[@]}" "${words[@]}" >"$work/said" || code=$?
as_text "$work/said"
output exit-code "$code"
exit "$code"
