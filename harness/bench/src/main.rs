//! The door: calls the library and turns its result into an exit code.

fn main() -> std::process::ExitCode {
    markovscale_bench::cli::main()
}
