//! The native binary podarium: headless runs.

mod cpu;
mod duration;
mod events;
mod files;
mod run;
mod settle;
mod summary;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Counts bytes for `peakBytes`.
#[global_allocator]
static MEMORY: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

/// A Kubernetes cluster in one process, in virtual time.
#[derive(Parser)]
#[command(name = "podarium", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run manifests in a fresh cluster, and tell what came of it.
    Run(run::Arguments),
}

fn main() -> ExitCode {
    let Arguments {
        command: Command::Run(arguments),
    } = Arguments::parse();
    let (out, err) = (io::stdout(), io::stderr());
    match run::run(
        &arguments,
        &mut io::stdin(),
        &mut out.lock(),
        &mut err.lock(),
    ) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever reads our output may stop reading.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
