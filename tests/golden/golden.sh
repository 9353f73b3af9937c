#!/bin/sh
# golden.sh PLANKARTA DATABASE COMPARE OUT [--update] - draw the views of views.txt from the
# sample municipality (seed 1, 60 plans) and compare them, pixel by pixel, with the
# pictures beside this script. --update puts the new ones in their place: look at them.
set -eu
plankarta=$1 database=$2 compare=$3 out=$4 update=${5:-}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out"
passed=0 failed=0
while read -r name style theme arguments; do
    case "$name" in '' | '#'*) continue ;; esac
    [ -n "$arguments" ] || continue
    "$plankarta" render --db "$database" --style "$style" --theme "$theme" $arguments \
        -o "$out/$name.png"
    if [ "$update" = --update ]; then
        cp "$out/$name.png" "$here/$name.png"
    elif "$compare" "$out/$name.png" "$here/$name.png" "$out/$name-difference.png"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done <"$here/views.txt"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
