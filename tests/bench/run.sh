#!/usr/bin/env bash
# Benchmarks, each side by side with a peer in one run: `run.sh [start|resolve|hardware|state|upgrade|supervise|gguf|estimate|fetch…]`. Called by ./x bench, which sets
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
  [ "$out/$1" -nt "tests/bench/$1.rs" ] && [ "$out/$1" -nt tests/bench/table.rs ] || rustc --edition 2024 -O -o "$out/$1" "tests/bench/$1.rs"
}

bench_start() {
  echo "x: building the release" >&2
  cargo build --quiet --locked --release -p las-cli -p las-runtime --bins
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
  local peer="empty Rust program"
  "${measured[@]}" "$out/measure" start "$out/start.json" "$rounds" \
    "las --version" 20 "$las --version" "$peer" "$out/empty" \
    "las status" 50 "$las status" "$peer" "$out/empty"
  kill "$core"
  wait "$core" 2>/dev/null || true
  rm -rf "$home"
  trap - EXIT
}

# A whole process each time, without a core to ask: what it prints is what it found itself.
bench_hardware() {
  echo "x: building the release" >&2
  cargo build --quiet --locked --release -p las-cli -p las-runtime --bins
  build measure
  local ours="$CARGO_TARGET_DIR/release/las hardware --json --quiet" rows=() peer
  home=$(mktemp -d)
  export LAS_HOME="$home"
  unset LAS_PROFILE
  # shellcheck disable=SC2064
  trap "rm -rf '$home'" EXIT
  add() { # PEER GOAL ARGUMENT… : a row, if this machine has the peer
    local name=$1 goal=$2
    shift
    shift
    if command -v "$name" >/dev/null; then
      rows+=("next to $name" "$goal" "$ours" "$name" "$name $*")
    else
      echo "x: skipped for lack of $name" >&2
    fi
  }
  add lstopo-no-graphics 1.0x --of xml
  add fastfetch 0.5x --format json
  add lshw 1.0x -json -quiet
  [ ${#rows[@]} -gt 0 ] || { echo "x: no peer is here; apt-get install hwloc-nox" >&2; exit 1; }
  "${measured[@]}" "$out/measure" hardware "$out/hardware.json" "$rounds" "${rows[@]}"
  rm -rf "$home"
  trap - EXIT
}

example() { # CRATE NAME ROUNDS PIN… : a benchmark that is an example of the crate it measures
  local crate=$1 name=$2 count=$3
  shift 3
  echo "x: building the release" >&2
  cargo build --quiet --locked --release -p "$crate" --example "$name"
  "$@" "$CARGO_TARGET_DIR/release/examples/$name" "$out/$name.json" "$count"
}

bench_resolve() { example las-resolver resolve "${LAS_BENCH_ROUNDS:-11}" "${measured[@]}"; }
bench_state() { example las-state state "${LAS_BENCH_ROUNDS:-15}" "${measured[@]}"; }

# Driven from outside, with a version that never becomes healthy.
bench_upgrade() {
  echo "x: building the release" >&2
  cargo build --quiet --locked --release -p las-cli -p las-runtime --bins
  cargo build --quiet --locked -p las-tests --bins
  LAS_BIN="$CARGO_TARGET_DIR/release/las" "$CARGO_TARGET_DIR/debug/las-bench-upgrade" "$out/upgrade.json" "${LAS_BENCH_ROUNDS:-5}"
}

# Other supervisors, each in a folder of its own: what PyPI and npm have, at these versions.
SUPERVISORD=supervisor==4.3.0 PM2=pm2@7.0.4
build_supervisors() { # FOLDER
  if [ "$(cat "$1/supervisor/.las" 2>/dev/null)" != "$SUPERVISORD" ]; then
    echo "x: installing $SUPERVISORD into $1/supervisor" >&2
    rm -rf "$1/supervisor"
    python3 -m venv "$1/supervisor"
    "$1/supervisor/bin/pip" install --quiet --disable-pip-version-check "$SUPERVISORD"
    echo "$SUPERVISORD" >"$1/supervisor/.las"
  fi
  if [ "$(cat "$1/pm2/.las" 2>/dev/null)" != "$PM2" ]; then
    echo "x: installing $PM2 into $1/pm2" >&2
    rm -rf "$1/pm2"
    mkdir -p "$1/pm2"
    npm install --prefix "$1/pm2" --ignore-scripts --no-audit --no-fund --loglevel=error "$PM2" >&2
    echo "$PM2" >"$1/pm2/.las"
  fi
}

# All on one core: who supervises, what it supervises and who looks at it.
bench_supervise() {
  local peers="${XDG_CACHE_HOME:-$HOME/.cache}/localaistack/bench" release="$CARGO_TARGET_DIR/release"
  mkdir -p "$peers"
  build_supervisors "$peers"
  build sayer
  echo "x: building the release" >&2
  cargo build --quiet --locked --release -p las-cli -p las-runtime --bins
  cargo build --quiet --locked --release -p las-runtime --example supervise
  unset LAS_PROFILE
  "${measured[@]}" "$release/examples/supervise" "$out/supervise.json" "${LAS_BENCH_ROUNDS:-9}" "$out/sayer" \
    "$release/las-keeper" "$release/las" "$peers/supervisor/bin/supervisord" "$peers/pm2/node_modules/.bin/pm2"
}

# The package that the engine's own converters read and write with.
GGUF=gguf==0.19.0
bench_gguf() {
  local peer="${XDG_CACHE_HOME:-$HOME/.cache}/localaistack/bench/gguf"
  if [ "$(cat "$peer/.las" 2>/dev/null)" != "$GGUF" ]; then
    echo "x: installing $GGUF into $peer" >&2
    rm -rf "$peer"
    mkdir -p "$(dirname "$peer")"
    python3 -m venv "$peer"
    "$peer/bin/pip" install --quiet --disable-pip-version-check "$GGUF"
    echo "$GGUF" >"$peer/.las"
  fi
  echo "x: building the release" >&2
  cargo build --quiet --locked --release -p las-models --example gguf
  "${measured[@]}" "$CARGO_TARGET_DIR/release/examples/gguf" "$out/gguf.json" "${LAS_BENCH_ROUNDS:-5}" "$peer/bin/python"
}

# Not a race: what was estimated next to what was taken.
bench_estimate() {
  echo "x: building the release" >&2
  cargo build --quiet --locked --release -p las-models --example estimate
  "$CARGO_TARGET_DIR/release/examples/estimate" "$out/estimate.json" "$LAS_RESOURCES/builtin/llama.cpp/files/llama-server"
}

# What fetches, next to what is there to fetch with: one package of PyPI in a folder of its own, one of the system's.
HUGGINGFACE_HUB=huggingface_hub==2.4.0
bench_fetch() {
  local peers="${XDG_CACHE_HOME:-$HOME/.cache}/localaistack/bench" release="$CARGO_TARGET_DIR/release" memory="$out" name
  mkdir -p "$peers"
  for name in curl aria2c; do
    command -v "$name" >/dev/null || { echo "x: $name is missing; apt-get install curl aria2" >&2; exit 1; }
  done
  if [ "$(cat "$peers/hub/.las" 2>/dev/null)" != "$HUGGINGFACE_HUB" ]; then
    echo "x: installing $HUGGINGFACE_HUB into $peers/hub" >&2
    rm -rf "$peers/hub"
    python3 -m venv "$peers/hub"
    "$peers/hub/bin/pip" install --quiet --disable-pip-version-check "$HUGGINGFACE_HUB"
    echo "$HUGGINGFACE_HUB" >"$peers/hub/.las"
  fi
  # The server's file and half of the rounds lie in memory: three gigabytes.
  [ ! -d /dev/shm ] || memory=/dev/shm
  echo "x: building the release" >&2
  cargo build --quiet --locked --release -p las-runtime --example fetch
  "$release/examples/fetch" "$out/fetch.json" "${LAS_BENCH_ROUNDS:-5}" "$out" "$memory" "$(command -v curl)" \
    "$(command -v aria2c)" "$peers/hub/bin/python3"
}

[ $# -gt 0 ] || set -- start resolve hardware state upgrade supervise gguf estimate fetch
for name in "$@"; do
  case $name in
    start) bench_start ;;
    resolve) bench_resolve ;;
    hardware) bench_hardware ;;
    state) bench_state ;;
    upgrade) bench_upgrade ;;
    supervise) bench_supervise ;;
    fetch) bench_fetch ;;
    gguf) bench_gguf ;;
    estimate) bench_estimate ;;
    *) echo "x: unknown benchmark '$name': start, resolve, hardware, state, upgrade, supervise, gguf, estimate, fetch" >&2; exit 1 ;;
  esac
done
