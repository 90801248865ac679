#!/usr/bin/env bash
# Puts the new snapshot on the branch okta-auditor/snapshot, if the org has changed since the
# committed one, and writes the text of a request to merge it to okta-audit/request.md. There is
# no such file if there is nothing to merge.
set -euo pipefail

new=okta/snapshot.json
old=okta-audit/committed.json
text=okta-audit/request.md
largest=60000 # characters; GitHub takes 65,536

mkdir -p okta-audit
rm -f "$text" "$old"

same() { # what was read, without when and how
  python3 - "$1" "$2" <<'PYTHON'
import json, sys
old, new = (json.load(open(path, encoding="utf-8"))["resources"] for path in sys.argv[1:])
sys.exit(old != new)
PYTHON
}

if git cat-file -e "HEAD:$new" 2>/dev/null; then
  git show "HEAD:$new" >"$old"
  if same "$old" "$new"; then
    echo "the org is as the committed snapshot says"
    exit
  fi
  # 1 and 3 are told by the text: who gained what, and what could not be compared.
  code=0
  okta-auditor diff "$old" "$new" --format markdown >okta-audit/changes.md || code=$?
  ((code != 2)) || exit "$code"
  if (($(wc -m <okta-audit/changes.md) > largest)); then
    {
      head -c "$largest" okta-audit/changes.md | sed '$d'
      echo
      echo "**This is cut off.** The whole: okta-auditor diff of the two snapshots."
    } >"$text"
  else
    cat okta-audit/changes.md >"$text"
  fi
else
  echo "The first snapshot of the org. Later ones are compared with what is merged." >"$text"
fi

git checkout --quiet -B okta-auditor/snapshot
git add "$new"
git -c user.name=okta-auditor -c user.email=okta-auditor@localhost \
  commit --quiet --message "Take a new snapshot of the Okta org"
git push --quiet --force origin HEAD:refs/heads/okta-auditor/snapshot
