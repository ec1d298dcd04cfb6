#!/usr/bin/env bash
# check.sh installed BUILD SOURCE   installs BUILD and uses it as other projects and other people would
# check.sh outside PROGRAM SOURCE   a program built with one header from outside knows that component and trains with it
# check.sh templates PROGRAM SOURCE GENERATED YOUDEN   the components that `YOUDEN init --component` writes are those in
#                                the folder GENERATED; PROGRAM, which was built from it, knows and trains them all
# Works in a folder far from the repository, so that nothing is found there by accident.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
unset YOUDEN_DB YOUDEN_CONFIGS

fail() { echo "FAILED: $*" >&2; exit 1; }
expect() {  # WHAT PATTERN TEXT
  grep -qE -- "$2" <<<"$3" || fail "$1: no '$2' in:"$'\n'"$3"
}

uses() {  # PROJECT PROGRAM PREFIX PATTERN [ARGUMENT…]: builds tests/package/PROJECT against PREFIX, runs PROGRAM
  cmake -S "$source/tests/package/$1" -B "$1" -DCMAKE_PREFIX_PATH="$3" >"$1.log" 2>&1 || fail "$1: $(cat "$1.log")"
  cmake --build "$1" >"$1.log" 2>&1 || fail "$1: $(cat "$1.log")"
  expect "$1" "$4" "$("$1/$2" "${@:5}")"
  echo "find_package(youden COMPONENTS $1): $("$1/$2" "${@:5}")"
}

installed() {
  local build=$1 prefix=$work/stage/opt/youden
  DESTDIR=$work/stage cmake --install "$build" --prefix /opt/youden >install.log || fail "$(cat install.log)"
  for file in include/youden/base/error.hpp share/youden/configs/head/tutorial.yaml share/youden/components.json \
              share/youden/cmake/youdenConfig.cmake share/youden/runners/command.hpp bin/youden bin/youden-engine; do
    [[ -s $prefix/$file ]] || fail "$file was not installed"
  done
  ! grep -rlF -e "$source/" -e "$build/" "$prefix/share" "$prefix/include" || fail "these name the folder of the build"

  uses stat interval "$prefix" 'sensitivity 0\.80 \[0\.283582, 0\.994949\]'
  uses store open_store "$prefix" '^runs 0$' "$work/new/results.db"

  cp "$source/tests/package/outside/invert.yaml" plain.yaml
  sed -i '/augment/d' plain.yaml
  expect "installed presets" 'share/youden/configs/backbone/small_cnn.yaml' "$("$prefix/bin/youden" config plain.yaml)"
  "$prefix/bin/youden" train plain.yaml 2>train.log || fail "train: $(cat train.log)"
  expect "installed program" completed "$("$prefix/bin/youden" list)"

  "$prefix/bin/youden" init project >init.log || fail "init: $(cat init.log)"
  (cd project && "$prefix/bin/youden" train experiments/first.yaml train.epochs=1 2>../train.log) || fail "init: $(cat train.log)"
  [[ -s $work/project/results/youden.db ]] || fail "the new project's run is not in its results"
}

outside() {
  local program=$1
  expect "the component's page" 'how often a film is inverted' "$("$program" components augmentation invert)"
  expect "the library's own" rotate "$("$program" components augmentation)"
  cp "$source/tests/package/outside/invert.yaml" .
  "$program" train invert.yaml --db "$work/results.db" 2>train.log || fail "train: $(cat train.log)"
  expect "the stored run" 'invert' "$("$program" db query "SELECT config FROM run" --db "$work/results.db")"
  ! "$program" train invert.yaml augment.steps.invert.probability=2 --db "$work/results.db" 2>train.log ||
    fail "a probability of 2 was accepted"
  expect "the range check" 'probability' "$(cat train.log)"
}

templates() {
  local program=$1 generated=$2 youden=$3 kind run
  for kind in source split augmentation backbone head loss optimizer schedule metric; do
    "$youden" init generated --component "$kind" >init.log || fail "init: $(cat init.log)"
    expect "components $kind" "my_$kind +what" "$("$program" components "$kind")"
  done
  diff -r "$generated" generated || fail "what init writes is not what was built"
  cp "$source/tests/package/templates/all.yaml" .
  "$program" train all.yaml --db "$work/results.db" >train.out 2>train.log || fail "train: $(cat train.log)"
  run=$("$program" show @last --format json --db "$work/results.db")
  for kind in source split augmentation backbone head loss optimizer schedule metric; do
    expect "the stored run" "\"type\": \"my_$kind\"" "$run"
  done
  expect "its metric" '"my_metric": ' "$run"
}

source=$3
"$1" "$2" "${@:4}"
