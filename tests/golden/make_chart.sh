#!/bin/sh
# make_chart.sh PLANKARTA DIR - the symbology chart of chart.py as DIR/chart.sqlite. All of
# it is in the box 599995,6899615,600405,6900005 of EPSG:3006.
set -eu
plankarta=$1 dir=$2
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$dir"
mkdir -p "$dir"
python3 -B "$here/chart.py" "$dir/chart.json"
"$plankarta" import --db "$dir/chart.sqlite" "$dir/chart.json"
