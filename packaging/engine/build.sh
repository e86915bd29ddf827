#!/usr/bin/env bash
# Builds the embedded engine from its pinned source into a cache folder and prints
# that folder. The folder's name is the digest of the pin and of this recipe, so a
# second call costs nothing, and a changed pin never reuses an old build.
#   usage: packaging/engine/build.sh CACHE_DIR
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${1:?usage: build.sh CACHE_DIR}
. "$here/pin.sh"

key=$(cat "$here/pin.sh" "$here/build.sh" "$here/describe.py" | sha256sum | cut -c1-16)
out="$cache/engine/$key"
if [ -f "$out/artefact.json" ]; then
  echo "$out"
  exit 0
fi

work="$cache/engine/work-$key"
mkdir -p "$work"
log="$work/build.log"
say() { echo "engine: $*" >&2; }

source_archive="$work/source.tar.gz"
if ! echo "$ENGINE_SOURCE_SHA256  $source_archive" | sha256sum --check --status 2>/dev/null; then
  say "fetching the pinned source $ENGINE_PACKAGE $ENGINE_PACKAGE_VERSION"
  # pip asks the package for its metadata, so its build backend must be at hand.
  python3 -m venv "$work/venv" >>"$log" 2>&1
  "$work/venv/bin/pip" install --quiet --disable-pip-version-check scikit-build-core >>"$log" 2>&1
  "$work/venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --no-binary :all: \
    --no-build-isolation -d "$work/download" "$ENGINE_PACKAGE==$ENGINE_PACKAGE_VERSION" >>"$log" 2>&1
  mv "$work"/download/*.tar.gz "$source_archive"
fi
if ! echo "$ENGINE_SOURCE_SHA256  $source_archive" | sha256sum --check --status; then
  say "the source's digest is $(sha256sum "$source_archive" | cut -d' ' -f1), expected $ENGINE_SOURCE_SHA256"
  exit 9
fi

if [ ! -d "$work/source" ]; then
  mkdir -p "$work/unpack"
  tar -xzf "$source_archive" -C "$work/unpack" --strip-components=1
  mv "$work/unpack" "$work/source"
fi
say "building (about 11 minutes on two cores, once); log: $log"
# shellcheck disable=SC2086  # the flags are words
cmake -G Ninja -S "$work/source/vendor/llama.cpp" -B "$work/build" $ENGINE_CMAKE_FLAGS >>"$log" 2>&1 &&
  cmake --build "$work/build" --target llama-server --parallel "$(nproc)" >>"$log" 2>&1 ||
  { tail -n 30 "$log" >&2; say "the build failed; the whole log is $log"; exit 1; }

staging="$cache/engine/staging-$key"
rm -rf "$staging"
mkdir -p "$staging/files"
cp -a "$work"/build/bin/. "$staging/files/"
cp "$work/source/vendor/llama.cpp/LICENSE" "$staging/files/LICENSE"
# Links become files: a store tree holds plain files only. The linker's names
# (libllama.so.0 …) are what the programs ask for, so those stay.
python3 "$here/describe.py" "$staging" llama.cpp "$ENGINE_VERSION" "sha256:$ENGINE_SOURCE_SHA256"
mv "$staging" "$out"
rm -rf "$work/build" "$work/source" "$work/venv"
say "built $out"
echo "$out"
