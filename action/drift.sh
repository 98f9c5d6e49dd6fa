#!/usr/bin/env bash
# Looks for drift, and keeps one issue about it: opened when there is some, kept up to date, closed when it is gone.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=action/ground.sh
source "$here/ground.sh"
# shellcheck source=action/github.sh
source "$here/github.sh"
# shellcheck source=action/planning.sh
source "$here/planning.sh"

only_on schedule workflow_dispatch
require environment
label=${INPUT_LABEL:-reconcile-drift}
issues=/repos/$GITHUB_REPOSITORY/issues

open_issue() { # the number of the issue about this environment, if one is open
  local found label_in_url
  label_in_url=$(jq -rn --arg name "$label" '$name | @uri')
  found=$(pages "$issues?state=open&labels=$label_in_url") || return 1
  jq -c 'select(.pull_request == null)' <<<"$found" | marked "$(place drift)" | jq -rs '.[0].number // empty'
}

change_issue() { # change_issue NUMBER JQ-PROGRAM [JQ WORD…]
  local number=$1 program=$2
  shift 2
  jq -n "$@" "$program" >"$work/issue.json"
  api PATCH "$issues/$number" "$work/issue.json" | jq -r .html_url
}

say_on() { # say_on NUMBER TEXT: a comment, which those who follow the issue are told about
  jq -n --arg text "$2" '{body: $text}' >"$work/remark.json"
  api POST "$issues/$1/comments" "$work/remark.json" >/dev/null
}

code=0
ours drift "${options[@]}" -C "$project" "--env=$environment" --format markdown >"$work/drift.md" || code=$?
output exit-code "$code"
{ cat "$work/drift.md"; printf '\n'; } | summary -
case $code in
  0) output drift false ;;
  2) output drift true ;;
  *) exit "$code" ;; # nothing is known, so nothing is said about it
esac

number=$(open_issue)
foot "$work/foot" "; the next one brings it up to date, and closes it when the drift is gone."
if [ "$code" -eq 2 ]; then
  placed "$work/drift.md" drift
  fitting "$work/drift.md" "$work/foot"
  if [ -n "$number" ]; then
    page=$(change_issue "$number" '{body: $body}' --rawfile body "$work/drift.md")
  else
    title="Drift in $environment"
    [ "$folder" = . ] || title+=" ($folder)"
    jq -n --arg title "$title" --arg name "$label" --rawfile body "$work/drift.md" \
      '{title: $title, body: $body, labels: [$name]}' >"$work/issue.json"
    page=$(api POST "$issues" "$work/issue.json" | jq -r .html_url)
  fi
  output issue "$page"
  notice "There is drift: $page"
elif [ -n "$number" ]; then
  say_on "$number" "The drift is gone. [This run]($(run_page)) found none."
  page=$(change_issue "$number" '{state: "closed", state_reason: "completed"}')
  output issue "$page"
fi
