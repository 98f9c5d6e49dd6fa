#!/usr/bin/env bash
# Plans: the plan as a comment on the pull request, in the summary of the run, and in an artefact.
# From a snapshot, nothing is written to GitHub: the artefact holds what a trusted run needs to write the comment.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=action/ground.sh
source "$here/ground.sh"
# shellcheck source=action/github.sh
source "$here/github.sh"
# shellcheck source=action/planning.sh
source "$here/planning.sh"

only_on pull_request push schedule workflow_dispatch merge_group
require environment
plan_options=("${options[@]}")
number=$(event .pull_request.number)
[[ $number =~ ^[0-9]*$ ]] || fail "the event names no pull request"

if [ -n "${INPUT_SNAPSHOT:-}" ]; then
  [ -f "$INPUT_SNAPSHOT" ] || fail "there is no snapshot at $INPUT_SNAPSHOT yet: run the workflow that takes one"
elif [ -n "$number" ] && [ "$(event .pull_request.head.repo.full_name)" != "$GITHUB_REPOSITORY" ]; then
  fail "a pull request from a fork has no key; give it a snapshot: see docs/github-actions.md" 64
fi

out=$work/plan
mkdir "$out"
make_plan "$out"
{ cat "$out/plan.md"; printf '\n'; } | summary -

output digest "$digest"
output changes "$changes"
output exit-code "$code"
output artifact "$out"
if [ -n "${INPUT_SNAPSHOT:-}" ]; then
  output artifact-name "$(artefact_name snapshot-plan)"
  exit "$code"
fi
output artifact-name "$(artefact_name plan)"
[ ! -e "$out/plan.json" ] || mv "$out/plan.json" "$work/plan.json" # identifiers are not masked in it
output plan "$work/plan.json"

if [ -n "$number" ] && [ "${INPUT_COMMENT:-true}" = true ]; then
  if [ -n "$digest" ]; then
    foot "$work/foot" "; its artefact holds the plan as a page."
    printf '\n<!-- reconcile:reviewed:%s -->\n' "$digest" >>"$work/foot"
  else
    foot "$work/foot" "."
  fi
  placed "$out/plan.md" plan
  fitting "$out/plan.md" "$work/foot"
  page=$(comment_on "$number" "$out/plan.md")
  output comment "$page"
fi
exit "$code"
