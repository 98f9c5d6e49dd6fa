# Making a plan to look at: shared by `plan` and `apply`. Sourced after ground.sh.
# shellcheck shell=bash disable=SC2034,SC2154 # ground.sh and those who source it set and use what it shares

make_plan() { # make_plan FOLDER: plan.md, plan.html and plan.json in it; the exit code, which is no failure here
  local folder=$1 words
  words=(-C "$project" "--env=$environment" --format markdown)
  words+=(--report "json=$folder/plan.json" --report "html=$folder/plan.html")
  [ -z "${INPUT_SNAPSHOT:-}" ] || words+=(--live "$INPUT_SNAPSHOT")
  code=0
  ours plan "${plan_options[@]}" "${words[@]}" >"$folder/plan.md" || code=$?
  [ -s "$folder/plan.md" ] || no_plan "$code" "$said" >"$folder/plan.md"
  digest=$(of_plan "$folder" .digest)
  changes=$(of_plan "$folder" '.changes | length')
  is_digest "$digest" || digest=
}

of_plan() { [ ! -s "$1/plan.json" ] || jq -r "$2 // empty" "$1/plan.json"; }

no_plan() { # no_plan EXIT CODE REMARKS: what stands in the place of a plan that could not be made
  marker plan
  printf '\n\n### There is no plan\n\n> [!CAUTION]\n> `reconcile plan` ended with %s; the log of the run has all of what it said:\n\n' "$1"
  fenced "$2"
  printf '\n'
}

foot() { # foot FILE LINE…: what goes below a comment of ours
  local file=$1
  shift
  printf '<sub>[This run](%s) made it' "$(run_page)" >"$file"
  printf '%s' "$@" >>"$file"
  printf '</sub>\n' >>"$file"
}
