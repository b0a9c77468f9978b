//! The door: calls the library and turns its result into an exit code.

/// Collecting from a fast server is mostly small allocations on several threads, where the system's allocator takes a
/// quarter of the CPU of a draw.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    markovscale_bench::cli::main()
}
