#!/usr/bin/env bash
# Applies what was reviewed, and nothing else: plans the merged commit again, and goes on if that is the plan with the
# digest that reviewers had before them. No file of another job is read.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=action/ground.sh
source "$here/ground.sh"
# shellcheck source=action/github.sh
source "$here/github.sh"
# shellcheck source=action/planning.sh
source "$here/planning.sh"

only_on push workflow_dispatch
require environment
[ -z "${INPUT_SNAPSHOT:-}" ] || fail "a plan from a snapshot cannot be applied" 64
branch=${INPUT_BRANCH:-$(event .repository.default_branch)}
[ "$GITHUB_REF" = "refs/heads/$branch" ] || fail "$GITHUB_REF is not refs/heads/$branch, and only that is applied" 5

merged_as() { # the pull requests that were merged as this commit, one a line: number, and when
  local found
  found=$(api GET "/repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA/pulls?per_page=100") || return 1
  jq -r --arg sha "$GITHUB_SHA" --arg branch "$branch" '
    .[] | select(.merged_at != null and .merge_commit_sha == $sha and .base.ref == $branch) |
    "\(.number) \(.merged_at)"' <<<"$found"
}

reviewed() { # reviewed NUMBER TIME: the digest below the plan that our comment showed when it was merged
  local found
  found=$(comments_like "$1" "$(place plan)") || return 1
  [ -z "$found" ] || jq -rs --arg merged "$2" '.[0] | select((.updated_at // "none") <= $merged) | .body' <<<"$found" | tr -d '\r' | sed -e '/^$/d' | tail -n 1 |
    sed -nE 's/^<!-- reconcile:reviewed:(sha256:[0-9a-f]{64}) -->$/\1/p'
}

stop() { # stop REASON: says it where people look, with the way on, and leaves the plan there as a page
  mv "$out/plan.json" "$work/plan.json" # identifiers are not masked in it
  output artifact "$out"
  output artifact-name "$(artefact_name stopped-plan)"
  {
    printf '\n> [!CAUTION]\n> **Nothing was sent.** %s\n>\n' "$1"
    printf '> If the plan above is what you want, run this workflow by hand with this digest:\n>\n> `%s`\n' "$digest"
  } | summary -
  fail "$1 Nothing was sent. The summary of this run shows the plan; its digest is $digest" 5
}

plan_options=()
for option in "${options[@]}"; do
  case $option in
    --var=* | --target=* | --exclude=* | --rotate=* | --state-dir=* | --timeout=* | --max-capacity=*) plan_options+=("$option") ;;
  esac
done
out=$work/plan
mkdir "$out"
make_plan "$out"
{ cat "$out/plan.md"; printf '\n'; } | summary -
output digest "$digest"
output changes "$changes"
if [ -z "$digest" ]; then
  output exit-code "$code"
  [ "$code" -ne 0 ] || fail "the plan has no digest"
  exit "$code"
fi
if [ "$code" -eq 0 ] && [ "$changes" = 0 ]; then
  notice "Nothing to do."
  output exit-code 0
  exit 0
fi

if [ "${GITHUB_RUN_ATTEMPT:-1}" != 1 ]; then # what has come since would be undone by an old plan, reviewed or not
  newest=$(api GET "/repos/$GITHUB_REPOSITORY/branches/$(jq -rn --arg name "$branch" '$name | @uri')" | jq -r .commit.sha)
  [ "$newest" = "$GITHUB_SHA" ] || stop "This run was started again, and $branch has moved on to $newest."
fi
number=
if [ -n "${INPUT_DIGEST:-}" ]; then
  expected=$INPUT_DIGEST
  is_digest "$expected" || fail "the input digest is none: sha256: and 64 letters or digits" 64
else
  numbers=$(merged_as)
  read -r number merged_at <<<"$numbers"
  [ -n "$number" ] || stop "This commit was not merged from a pull request, so nobody has reviewed its plan."
  [[ $number =~ ^[0-9]+$ ]] || fail "GitHub names a pull request that is no number"
  expected=$(reviewed "$number" "$merged_at")
  [ -n "$expected" ] || stop "No plan was reviewed in #$number before it was merged: a comment of $author with one, not written since, is missing."
fi
[ "$expected" = "$digest" ] || stop "The plan is not the one that was reviewed ($expected)."

code=0
ours apply "${options[@]}" -C "$project" "--env=$environment" --yes "--confirm=$environment" \
  "--expect-digest=$expected" --format markdown --report "json=$work/outcomes.json" >"$work/apply.md" || code=$?
trap '' INT # whoever cancels now is too late, and wants to know what was done
output exit-code "$code"
output outcomes "$work/outcomes.json"
if [ "$(head -n 1 "$work/apply.md")" != "$(marker apply)" ]; then # refused, or failed before there was an outcome
  {
    marker apply
    printf '\n\n### Nothing was applied\n\n> [!CAUTION]\n> `reconcile apply` ended with %s; the log of the run has all of what it said:\n\n' "$code"
    fenced "$said"
    printf '\n'
  } >"$work/apply.md"
fi
{ printf '\n'; cat "$work/apply.md"; } | summary -
if [ -n "$number" ] && [ "${INPUT_COMMENT:-true}" = true ]; then
  foot "$work/foot" "."
  placed "$work/apply.md" apply
  fitting "$work/apply.md" "$work/foot"
  comment_on "$number" "$work/apply.md" >/dev/null || notice "The outcome could not be written below #$number."
fi
exit "$code"
