//! The native binary podarium: headless runs, and the HTTP API.

mod cpu;
mod duration;
mod events;
mod files;
mod openapi;
mod protobuf;
mod run;
mod serve;
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
    /// Serve a living cluster to kubectl and other clients.
    Serve(serve::Arguments),
}

fn main() -> ExitCode {
    let (out, err) = (io::stdout(), io::stderr());
    let done = match Arguments::parse().command {
        Command::Run(arguments) => run::run(
            &arguments,
            &mut io::stdin(),
            &mut out.lock(),
            &mut err.lock(),
        ),
        Command::Serve(arguments) => serve::run(&arguments, &mut io::stderr()).map(|()| true),
    };
    match done {
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
