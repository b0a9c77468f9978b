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

# Licences and advisories of dependencies (needs cargo-deny).
deny:
    cargo deny check

# Everything CI runs.
ci:
    bash .ci/run
