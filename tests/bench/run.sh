#!/usr/bin/env bash
# Benchmarks, each side by side with a peer in one run: `run.sh [start]`. Called by ./x bench, which sets
# CARGO_TARGET_DIR and LAS_RESOURCES. One table each; figures go to $CARGO_TARGET_DIR/bench/NAME.json.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${CARGO_TARGET_DIR:=${XDG_CACHE_HOME:-$HOME/.cache}/localaistack/target}"
: "${LAS_RESOURCES:?run ./x bench}"
export CARGO_TARGET_DIR LAS_RESOURCES
out="$CARGO_TARGET_DIR/bench"
rounds=${LAS_BENCH_ROUNDS:-31}
mkdir -p "$out"

# The measured on one core, what serves it on another, where there are two and a way to say so.
measured=() serving=()
if command -v taskset >/dev/null && [ "$(nproc)" -ge 2 ]; then
  measured=(taskset -c 1) serving=(taskset -c 0)
fi

build() { # NAME : a program of this folder, built again when its source changed
  [ "$out/$1" -nt "tests/bench/$1.rs" ] || rustc --edition 2024 -O -o "$out/$1" "tests/bench/$1.rs"
}

bench_start() {
  echo "x: building the release" >&2
  cargo build --quiet --locked --release -p las-cli
  build empty
  build measure
  local las="$CARGO_TARGET_DIR/release/las" core
  home=$(mktemp -d)
  export LAS_HOME="$home"
  unset LAS_PROFILE
  "$las" module install llama.cpp las-tiny-chat --yes --quiet >/dev/null
  # What it says is its being ready; the pipe stays open for as long as it runs.
  exec {said}< <(exec "${serving[@]}" "$las" serve --addr 127.0.0.1:0 --json 2>/dev/null)
  core=$!
  # shellcheck disable=SC2064
  trap "kill $core 2>/dev/null || true; rm -rf '$home'" EXIT
  read -r -t 30 -u "$said" _ || { echo "x: the core did not come up" >&2; exit 1; }
  "${measured[@]}" "$out/measure" "$out/start.json" "$rounds" "$out/empty" \
    "las --version" 20 "$las --version" \
    "las status" 50 "$las status"
  kill "$core"
  wait "$core" 2>/dev/null || true
  rm -rf "$home"
  trap - EXIT
}

[ $# -gt 0 ] || set -- start
for name in "$@"; do
  case $name in
    start) bench_start ;;
    *) echo "x: unknown benchmark '$name': start" >&2; exit 1 ;;
  esac
done
