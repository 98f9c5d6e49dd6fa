# What every command of the action stands on. Sourced, after `set -euo pipefail`.
# All that it is told comes in environment variables and in the event's file; none of it is ever run or written to a
# place where GitHub would take it for an order.
# shellcheck shell=bash disable=SC2034 # those who source it use what it sets

shopt -s inherit_errexit
umask 077
work=$(mktemp -d "${RUNNER_TEMP:-/tmp}/reconcile.XXXXXX")
environment=${INPUT_ENVIRONMENT:-}
project=${INPUT_PROJECT:-.}
folder=$(realpath --canonicalize-missing --no-symlinks --relative-to=. -- "$project") # one name, however it is written
author=${INPUT_AUTHOR:-github-actions[bot]}
export CI=true # what is published is masked

# What the files of a pull request may name as a secret of theirs holds no token of this job.
token=${INPUT_TOKEN:-}
unset INPUT_TOKEN GITHUB_TOKEN GH_TOKEN ACTIONS_RUNTIME_TOKEN ACTIONS_ID_TOKEN_REQUEST_TOKEN ACTIONS_ID_TOKEN_REQUEST_URL

mapfile -t options < <(printf '%s' "${INPUT_OPTIONS:-}" | tr -d '\r' | sed -e '/^[[:space:]]*$/d')

# --- what GitHub is told ---

escaped() { # a text for one command of the runner
  local text=$1
  text=${text//'%'/%25}
  text=${text//$'\r'/%0D}
  printf '%s' "${text//$'\n'/%0A}"
}

notice() { printf '::notice title=reconcile::%s\n' "$(escaped "$1")"; }

fail() { # fail MESSAGE [EXIT CODE]
  printf '::error title=reconcile::%s\n' "$(escaped "$1")" >&2
  exit "${2:-1}"
}

output() { # output NAME VALUE: one line, whatever the value holds
  printf '%s=%s\n' "$1" "$(printf '%s' "$2" | tr -d '\r\n')" >>"${GITHUB_OUTPUT:-/dev/null}"
}

summary() { cat -- "$@" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"; }

event() { jq -r "$1 // empty" -- "$GITHUB_EVENT_PATH"; }

run_page() { printf '%s/%s/actions/runs/%s' "${GITHUB_SERVER_URL:-https://github.com}" "$GITHUB_REPOSITORY" "$GITHUB_RUN_ID"; }

require() { # require NAME…: inputs without which the command makes no sense
  local name variable
  for name; do
    variable=INPUT_${name^^}
    [ -n "${!variable:-}" ] || fail "the input $name is missing" 64
  done
}

only_on() { # only_on EVENT…: the events on which the command is safe
  local one
  for one; do [ "$GITHUB_EVENT_NAME" != "$one" ] || return 0; done
  fail "this command runs on $*, not on $GITHUB_EVENT_NAME: see docs/github-actions.md" 64
}

# --- our own command ---

ours() { # ours COMMAND WORD…: stdout is the caller's; remarks go to the log, and are kept in the file $said
  local code=0 remarks child stopped=
  remarks=$(mktemp "$work/remarks.XXXXXX")
  FORCE_COLOR='' reconcile "$@" 2>"$remarks" </dev/null &
  child=$!
  trap 'stopped=yes; kill -TERM "$child" || true' INT TERM # GitHub tells this script alone that a run is cancelled
  wait "$child" || code=$?
  while [ -n "$stopped" ]; do # it finishes what is in flight, and says what was done
    stopped='' code=0
    wait "$child" || code=$?
  done
  trap - INT TERM
  said=$remarks
  as_text "$remarks" >&2
  return "$code"
}

as_text() { # as_text FILE: for the log, where a line that begins like an order to the runner would be one
  local stop
  stop=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$stop"
  masked <"$1"
  printf '\n::%s::\n' "$stop"
}

fenced() { # fenced FILE: how it ends, as a block of code that nothing in it can end
  local ends longest fence
  ends=$(tail -n 40 "$1" | cut -c 1-500 | masked)
  longest=$({ grep -o '`*' <<<"$ends" || true; } | awk 'length > most { most = length } END { print most + 0 }')
  fence=$(printf '%*s' $((longest < 3 ? 3 : longest + 1)) '' | tr ' ' '`')
  printf '%stext\n%s\n%s\n' "$fence" "$ends" "$fence"
}

masked() { # people on stdin, as the Markdown shows them: the log of a public repository is public
  sed -E -e 's/([[:alnum:]_.%+~-])[[:alnum:]_.%+~-]*@(([[:alnum:]-]+\.)+[[:alpha:]]{2,})/\1***@\2/g' \
    -e 's/(\+[1-9][0-9])[0-9]{3,10}([0-9]{2})/\1***\2/g' -e 's/(0x[0-9a-fA-F]{2})[0-9a-fA-F]{36}([0-9a-fA-F]{2})/\1***\2/g'
}

check_options() { # one a line, and nothing that could be taken for a plan file
  local one
  for one in "${options[@]}"; do
    [[ $one =~ ^--[a-z][a-z-]*(=.*)?$ ]] || fail "the input options holds '$one'; write one --option or --option=VALUE a line" 64
  done
}

marker() { # marker COMMAND: the first line of the Markdown about the environment
  printf '<!-- reconcile:%s:%s -->' "$1" "$(in_marker "$environment")"
}

place() { # place COMMAND: the first line of what we write on GitHub. A repository may have projects in several folders
  local more=
  [ "$folder" = . ] || more=:$(in_marker "$folder")
  printf '<!-- reconcile:%s:%s%s -->' "$1" "$(in_marker "$environment")" "$more"
}

in_marker() {
  jq -rn --arg name "$1" '$name[0:100] | @uri' |
    sed -e 's/-/%2D/g; s/!/%21/g; s/\*/%2A/g; s/'\''/%27/g; s/(/%28/g; s/)/%29/g' # older versions of jq leave these
}

placed() { # placed FILE COMMAND: puts that line in the place of the Markdown's
  [ "$(head -n 1 "$1")" = "$(marker "$2")" ] || fail "the first line of the Markdown is not its marker"
  { place "$2"; printf '\n'; tail -n +2 "$1"; } >"$1.placed"
  mv "$1.placed" "$1"
}

artefact_name() { # artefact_name WHAT
  local name=$1-$environment
  [ "$folder" = . ] || name+=-in-$folder
  printf 'reconcile-%s' "$name" | tr -c 'A-Za-z0-9._-' _
}

is_digest() { [[ $1 =~ ^sha256:[0-9a-f]{64}$ ]]; }

check_options
