#!/bin/sh
# run.sh [PLANS] - make and import a sample of PLANS (2000) plans, unless build/bench has it
# already, and report how long import and requests take. A Markdown table; no assertion.
set -eu
cd "$(dirname "$0")/../.."
plans=${1:-2000}
plankarta=$(ls build/test/plankarta build/plankarta 2>/dev/null | head -n 1)
dir=build/bench/$plans
mkdir -p "$dir"
if [ ! -f "$dir/done.sqlite" ]; then
    rm -rf "$dir/files" "$dir"/new.sqlite*
    "$plankarta" sample --out "$dir/files" --seed 1 --plans "$plans"
    /usr/bin/env time -f 'import: %U s user, %S s system, %e s elapsed, %M kB largest process' \
        -o "$dir/import.txt" \
        "$plankarta" import --db "$dir/new.sqlite" --mapping "$dir/files/geodata.mapping.json" \
        "$dir/files/geodata.gpkg" "$dir"/files/plans/*.json >"$dir/report.txt"
    "$plankarta" backup --db "$dir/new.sqlite" --out "$dir/done.sqlite"
    rm -f "$dir"/new.sqlite*
fi
echo "$(date +%F), $(nproc) processors, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), $plans plans, $(($(wc -c <"$dir/done.sqlite") / 1000000)) MB"
cat "$dir/import.txt"
/usr/bin/python3 tests/bench/serve_bench.py "$plankarta" "$dir/done.sqlite"
