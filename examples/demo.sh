#!/usr/bin/env bash
# The main job, start to end, on the built-in simulator. Needs `reconcile` on the PATH, and no account.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-demo}
rm -rf "$work"
cp -R "$here/acme" "$work"
cd "$work"
SUPABASE_JWT_SECRET=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
export SUPABASE_JWT_SECRET
bold=$'\e[1m' plain=$'\e[0m'
[ -t 1 ] || bold='' plain=''

say() { printf '\n%s# %s%s\n' "$bold" "$1" "$plain"; }
run() { printf '%s$ %s%s\n' "$bold" "$*" "$plain"; "$@"; }

say "Acme's configuration, in files. Are they valid?"
run reconcile validate

say "What would change on a fresh instance? (the end of a long plan)"
printf '%s$ reconcile plan -e local%s\n' "$bold" "$plain"
reconcile plan -e local --out first.plan --report html=plan.html >plan.txt
tail -n 24 plan.txt
echo "The same as a page, with every email before and after: $work/plan.html"

say "Do exactly that, and prove that it took."
run reconcile apply first.plan

say "Plan again: nothing to do."
run reconcile plan -e local --detailed-exitcode

say "Somebody changes the instance behind our back: one redirect URL goes, one token lives longer."
python3 - .reconcile/embedded/local.json <<'PY'
import json, pathlib, sys
path = pathlib.Path(sys.argv[1])
state = json.loads(path.read_text())
urls, tokens = state["objects"]["redirect_urls"], state["objects"]["jwt_templates"]
urls.pop(next(key for key, url in urls.items() if url["url"] == "acme://callback"))
next(token for token in tokens.values() if token["name"] == "hasura")["lifetime"] = 86400
path.write_text(json.dumps(state))
PY

say "Who was that? Drift tells edits on the instance from edits of the files (and ends with 2)."
run reconcile drift -e local || [ $? = 2 ]

say "The plan shows exactly that."
run reconcile plan -e local

say "And one apply puts it right."
run reconcile apply -e local --yes
echo
echo "That was it. The project is in $work: change a file there and plan again."
