#!/bin/sh
# Generates the codecs of the wire contract and compiles everything, tests included, to dist/.
set -eu
cd "$(dirname "$0")/.."
./proto/generate.sh
rm -rf dist
node_modules/.bin/tsc -p tsconfig.json
mkdir -p dist/proto/generated
cp proto/generated/skep.js dist/proto/generated/skep.js
touch dist/.built
