# Short names for the commands people run every day. `just` lists them.

default:
    @just --list

# The quickstart: three small language models on built-in questions, no network.
quickstart *args:
    cargo run --release -- run configs/quickstart.yaml {{args}}

# The full grid; DIR holds the question files.
paper dir *args:
    cargo run --release -- run configs/paper.yaml --dataset-dir {{dir}} {{args}}

# Everything the tests check.
test:
    cargo test --workspace

# Speed of the posterior, its fit, replayed methods and the statistics (CONTRIBUTING.md has the targets).
bench *args:
    cargo bench -p markovscale {{args}}

# Speed and cost of collecting from a server that costs next to nothing (docs/servers-speed.md).
collect-speed *args:
    cargo build --release -p markovscale-bench -p markovscale-scripted-server
    python3 tools/collect_speed.py {{args}}

# A whole run against servers from PyPI, installed in a folder outside the repository.
third-party folder *args:
    cargo build --release -p markovscale-bench -p markovscale-scripted-server
    python3 tools/third_party_server.py {{folder}} {{args}}

# Formatting, lints and documentation, as CI checks them.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Licences, bans, sources and advisories of dependencies (needs cargo-deny; advisories need a network).
deny:
    cargo deny check

# The tests under nextest, and seconds by crate (needs cargo-nextest).
times:
    cargo nextest run --workspace
    python3 tools/test_times.py target/nextest/default/junit.xml

# What is too long for CI: every test that CI leaves out, and MINUTES of fuzzing for each target (needs cargo-nextest, cargo-fuzz
# and a nightly toolchain). Real servers and peers' suites have recipes of their own, since they download.
nightly minutes="10":
    cargo nextest run --workspace --profile nightly --run-ignored all
    python3 tools/test_times.py target/nextest/nightly/junit.xml
    just fuzz {{minutes}}

# MINUTES of each fuzz target; findings land in harness/answers/fuzz/artifacts.
fuzz minutes="10":
    cd harness/answers && for target in $(cargo +nightly fuzz list); do mkdir -p fuzz/found/$target && cargo +nightly fuzz run $target fuzz/found/$target fuzz/corpus/$target -- -dict=fuzz/answers.dict -max_total_time=$(({{minutes}} * 60)) -timeout=2 -rss_limit_mb=2048 -max_len=4096; done

# Everything CI runs.
ci:
    bash .ci/run
