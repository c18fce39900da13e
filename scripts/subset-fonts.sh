#!/bin/sh
# Makes the small font files of app/fonts from the geist package: `pip install fonttools brotli`, then `scripts/subset-fonts.sh`.
set -e
cd "$(dirname "$0")/.."
from=node_modules/geist/dist/fonts
whole=$(mktemp -d)
trap 'rm -r "$whole"' EXIT
subset() {
  fonttools varLib.instancer "$1" wght=400:700 -o "$whole/font.ttf"
  pyftsubset "$whole/font.ttf" --unicodes=U+0-FF,U+370-3FF,U+2000-2BFF --layout-features+=tnum,cv11,zero --flavor=woff2 --output-file="app/fonts/$2"
}
subset $from/geist-sans/Geist-Variable.ttf geist-latin.woff2
subset $from/geist-mono/GeistMono-Variable.ttf geist-mono-latin.woff2
