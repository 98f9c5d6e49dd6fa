# GitHub's API, as far as comments, issues and artefacts need it. Sourced after ground.sh.
# shellcheck shell=bash disable=SC2034,SC2154 # ground.sh and those who source it set and use what it shares

MOST_PAGES=100
LARGEST_COMMENT=65536

api() { # api METHOD PATH [BODY FILE]: the answer, on stdout; fails with what GitHub says
  local method=$1 path=$2 body=${3:-} answer code said words
  [ -n "$token" ] || fail "the input token is missing" 64
  answer=$(mktemp "$work/answer.XXXXXX")
  words=(--silent --show-error --max-time 60 --request "$method" --output "$answer" --write-out '%{http_code}'
    --header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28')
  [ "$method" = POST ] || words+=(--retry 3 --retry-max-time 120)
  [ -z "$body" ] || words+=(--header 'Content-Type: application/json' --data-binary "@$body")
  code=$(curl "${words[@]}" --header @<(bearer) "$GITHUB_API_URL$path") || fail "GitHub's API cannot be reached"
  if [[ $code == 2?? ]]; then
    jq empty "$answer" 2>/dev/null || fail "what GitHub answered to $method $path is no JSON"
    cat "$answer"
    return
  fi
  said=$(jq -r '.message? // empty | tostring[0:300]' "$answer" 2>/dev/null) || said="(no JSON)"
  [ "$code" != 403 ] || said+="; unless that is a limit, look at the job's permissions: docs/github-actions.md lists them"
  fail "GitHub answered $code to $method $path: $said"
}

bearer() { printf 'Authorization: Bearer %s\n' "$token"; } # never on a command line, where others could read it

pages() { # pages PATH?QUERY: all items of a list, one a line
  local page found
  for ((page = 1; page <= MOST_PAGES; page++)); do
    found=$(api GET "$1&per_page=100&page=$page") || return 1
    jq -e 'type == "array"' <<<"$found" >/dev/null || fail "what GitHub answered at ${1%%\?*} is no list"
    jq -c '.[]' <<<"$found"
    [ "$(jq length <<<"$found")" -eq 100 ] || return 0
  done
  fail "GitHub lists more than $((MOST_PAGES * 100)) at ${1%%\?*}"
}

marked() { # marked MARKER: of items on stdin, those that our author began with this line
  jq -c --arg author "$author" --arg marker "$1" '
    select(.user.login == $author and ((.body // "") | split("\n")[0] | rtrimstr("\r")) == $marker)'
}

comment_on() { # comment_on NUMBER FILE: writes the comment, or the one over that begins with the same line
  local number=$1 file=$2 id request=$work/comment.json
  id=$(comments_like "$number" "$(head -n 1 "$file")" | jq -rs '.[0].id // empty') || return 1
  jq -n --rawfile body "$file" '{body: $body}' >"$request"
  if [ -n "$id" ]; then
    api PATCH "/repos/$GITHUB_REPOSITORY/issues/comments/$id" "$request" | jq -r .html_url
  else
    api POST "/repos/$GITHUB_REPOSITORY/issues/$number/comments" "$request" | jq -r .html_url
  fi
}

comments_like() { # comments_like NUMBER MARKER
  local found
  found=$(pages "/repos/$GITHUB_REPOSITORY/issues/$1/comments?") || return 1
  marked "$2" <<<"$found"
}

fitting() { # fitting FILE FOOT: makes it a comment with a foot; where both do not fit, the foot says where the rest is
  local file=$1 foot=$2
  if [ $(($(wc -c <"$file") + $(wc -c <"$foot"))) -gt "$LARGEST_COMMENT" ]; then
    { head -n 1 "$file"; printf '\n_This has no room in a comment. The run has all of it._\n\n'; } >"$file.short"
    mv "$file.short" "$file"
  fi
  cat "$foot" >>"$file"
}
