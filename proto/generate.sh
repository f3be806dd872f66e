#!/bin/sh
# Writes proto/generated/ from the .proto files. Run by `npm run build`.
set -eu
cd "$(dirname "$0")"
mkdir -p generated
newest=$(ls -t generate.sh ./*.proto generated/skep.js 2>/dev/null | head -n 1)
[ "$newest" = generated/skep.js ] && exit 0
../node_modules/.bin/pbjs -t static-module -w esm --force-number --null-semantics --no-comments \
  --no-create --no-verify --no-delimited --no-typeurl \
  -p . -o generated/skep.js objects.proto cluster.proto control.proto containers.proto raft.proto tunnel.proto
# The codecs only need the classes by name; their full declarations would be half a megabyte.
echo 'export const skep: { readonly v1: Readonly<Record<string, unknown>> };' > generated/skep.d.ts
