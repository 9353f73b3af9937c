#!/bin/sh
# golden.sh PLANKARTA DATABASE COMPARE OUT VIEWS [--update] - draw the views of the file
# VIEWS (views.txt: the sample municipality, seed 1, 60 plans; chart.txt: the symbology
# chart) and compare them, pixel by pixel, with the pictures beside this script. --update
# puts the new ones in their place: look at them.
set -eu
plankarta=$1 database=$2 compare=$3 out=$4 views=$5 update=${6:-}
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
done <"$here/$views"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
