#!/bin/sh
# make_sample.sh PLANKARTA DIR PLANS - a fresh sample municipality in DIR/sample.sqlite,
# for the tests that want a whole database.
set -eu
plankarta=$1 dir=$2 plans=$3
rm -rf "$dir"
mkdir -p "$dir"
"$plankarta" sample --out "$dir/files" --seed 1 --plans "$plans"
"$plankarta" import --db "$dir/sample.sqlite" --mapping "$dir/files/geodata.mapping.json" \
    "$dir/files/geodata.gpkg" "$dir"/files/plans/*.json
