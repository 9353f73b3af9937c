#!/bin/sh
# package.sh [FOLDER] - build the Debian package and try it where nothing else is: a fresh
# Debian 12 in FOLDER (debootstrap), installed by apt alone, then a sample municipality made,
# imported, asked and drawn in there. Needs root, a Debian mirror and some minutes.
set -eu
cd "$(dirname "$0")/.."
root=${1:-/var/tmp/plankarta-package}
cmake -G Ninja -B build/package -DBUILD_TESTING=OFF . >/dev/null
ninja -C build/package --quiet
(cd build/package && cpack -G DEB >/dev/null)
systemd-analyze --version >/dev/null 2>&1 && {
    mkdir -p build/package/verify
    sed 's|/usr/bin/plankarta|/bin/true|' 'server/deploy/plankarta@.service' \
        >'build/package/verify/plankarta@.service'
    systemd-analyze verify 'build/package/verify/plankarta@.service'
    echo "ok      systemd-analyze verify"
}
[ -d "$root/usr" ] || debootstrap --variant=minbase bookworm "$root" >/dev/null
cp /etc/apt/sources.list "$root/etc/apt/" 2>/dev/null || true
cp -r /etc/apt/sources.list.d/debian* "$root/etc/apt/sources.list.d/" 2>/dev/null || true
cp -r /etc/apt/apt.conf.d "$root/etc/apt/" 2>/dev/null || true
cp build/package/plankarta_*.deb "$root/tmp/plankarta.deb"
mount --bind /proc "$root/proc"
trap 'umount "$root/proc"' EXIT
chroot "$root" sh -eu <<'IN'
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends --reinstall /tmp/plankarta.deb >/dev/null
for tool in gcc cc npm node python3; do
    ! command -v $tool >/dev/null || { echo "FAILED  $tool came along"; exit 1; }
done
echo "ok      installed by apt, without compiler, npm or Python"
cd /tmp && rm -rf s k.sqlite*
plankarta sample --out s --seed 1 --plans 12
plankarta import --db k.sqlite --mapping s/geodata.mapping.json s/geodata.gpkg s/plans/*.json |
    tail -1
plankarta lookup --db k.sqlite --extent
plankarta render --db k.sqlite --style base,plan --bbox=616600,6926600,618000,6927600 \
    --size 600x400 -o a.png
[ "$(wc -c <a.png)" -gt 10000 ]
echo "ok      sample, import in the sandbox, lookup and picture"
IN
