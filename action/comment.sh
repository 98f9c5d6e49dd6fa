#!/usr/bin/env bash
# Writes the comment for a pull request that was planned without a key. Runs on `workflow_run`, where the token may
# write, and takes the plan from the artefact of a job that ran the pull request's code: nothing in it is believed.
#
# - It is one file of a limited size, read as a stream by handed_over.py: no name in the archive becomes a path.
# - It has to be a plan that cannot be applied, of the environment that the trusted workflow names.
# - Its text is made here, by our own renderer, which lets nothing out of code: no mention, no link, no picture.
# - Which pull request it is, GitHub says: the open one whose newest commit is the one that the job ran on.
# - Its digest is not put down as reviewed, so `apply` never takes it for one.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=action/ground.sh
source "$here/ground.sh"
# shellcheck source=action/github.sh
source "$here/github.sh"
# shellcheck source=action/planning.sh
source "$here/planning.sh"

LARGEST=$((16 * 1024 * 1024))
only_on workflow_run
require environment
repository=/repos/$GITHUB_REPOSITORY
[ "$(event .workflow_run.event)" = pull_request ] || { notice "That run was not about a pull request."; exit 0; }
run=$(event .workflow_run.id)
[[ $run =~ ^[0-9]+$ ]] || fail "the event names no run"

pull_request() { # the number of the open pull request that the run was about
  local head found
  head=$(jq -r '.workflow_run | "\(.head_repository.owner.login // ""):\(.head_branch // "")" | @uri' "$GITHUB_EVENT_PATH")
  found=$(api GET "$repository/pulls?state=open&per_page=100&head=$head") || return 1
  jq -r --arg sha "$(event .workflow_run.head_sha)" --arg here "$GITHUB_REPOSITORY" \
    --arg from "$(event .workflow_run.head_repository.full_name)" \
    '[.[] | select(.head.sha == $sha and .head.repo.full_name == $from and .base.repo.full_name == $here)][0].number // empty' \
    <<<"$found"
}

artefact() { # the id of the artefact with the plan, if the run left one that is not too large
  local found
  found=$(api GET "$repository/actions/runs/$run/artifacts?per_page=100") || return 1
  jq -r --arg name "$(artefact_name snapshot-plan)" --argjson most "$LARGEST" '
    [.artifacts[] | select(.name == $name and .expired == false and .size_in_bytes <= $most)][0].id // empty' <<<"$found"
}

download() { # download ID: plan.json out of the artefact. The token goes to GitHub alone, not to where it sends us
  { curl --silent --show-error --fail --location --max-time 120 --header @<(bearer) \
    "$GITHUB_API_URL$repository/actions/artifacts/$1/zip" || true; } | head -c $((LARGEST + 1)) >"$work/found.zip"
  python3 -I "$here/handed_over.py" "$work/found.zip" "$environment" "$LARGEST" >"$work/plan.json" 2>"$work/why" || {
    as_text "$work/why" >&2
    fail "what the artefact holds is no plan of $environment that was made from a snapshot"
  }
}

id=$(artefact)
[ -n "$id" ] || { notice "That run left no plan that was made from a snapshot."; exit 0; }
number=$(pull_request)
[ -n "$number" ] || { notice "No open pull request has the commit of that run as its newest."; exit 0; }
[[ $number =~ ^[0-9]+$ ]] || fail "GitHub names a pull request that is no number"

download "$id"
mkdir "$work/empty"
code=0
ours show "$work/plan.json" -C "$work/empty" --format markdown >"$work/shown.md" || code=$?
[ "$code" -eq 5 ] && [ "$(head -n 1 "$work/shown.md")" = "$(marker plan)" ] || fail "the plan in the artefact cannot be read"

{
  place plan
  printf '\n\n> [!WARNING]\n> Made without a key, from a snapshot, by a job that ran the code of this pull request: review the files.\n'
  tail -n +2 "$work/shown.md"
} >"$work/plan.md"
foot "$work/foot" "."
fitting "$work/plan.md" "$work/foot"
page=$(comment_on "$number" "$work/plan.md")
output comment "$page"
