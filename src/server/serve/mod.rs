//! `podarium serve`: a cluster behind the Kubernetes HTTP API, living on by the wall clock.

mod channel;
mod documents;
mod exec;
mod follow;
mod following;
#[cfg(test)]
mod following_tests;
mod guard;
mod http;
mod hub;
mod kubeconfig;
mod life;
mod live;
mod pages;
mod stream;
mod terminal;
#[cfg(test)]
mod tests;
mod tokens;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use podarium_api::decode::decode;
use podarium_api::meta::Time;
use podarium_api::time::EPOCH_UNIX_MS;
use podarium_cluster::{Cluster, Config};
use podarium_kubectl::{Options, apply, refused, report};
use tokio::net::TcpListener;

use crate::files;
use guard::Guard;
use live::Live;
use tokens::Tokens;

/// What `podarium serve` may be told.
#[derive(Args, Debug)]
pub struct Arguments {
    /// Where to listen. Beyond loopback a token file is demanded.
    #[arg(long, default_value = "127.0.0.1:8001", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// How many nodes the cluster has.
    #[arg(long, default_value_t = 3)]
    nodes: u32,
    /// Over how many zones they are spread.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    zones: u32,
    /// The seed of all chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Virtual seconds per second.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// Writes a kubeconfig with the context `podarium`; a file that holds other clusters is left alone.
    #[arg(long, value_name = "PATH")]
    kubeconfig: Option<PathBuf>,
    /// Who may come in: lines of `token,user,uid,"group,group"`.
    #[arg(long, value_name = "PATH")]
    token_file: Option<PathBuf>,
    /// The built page, served at / where it is there.
    #[arg(long, default_value = "dist", value_name = "PATH")]
    dist: PathBuf,
    /// Manifests to apply at the start: files, directories, or - for the standard input.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if speed.is_finite() && (0.0..=100_000.0).contains(&speed) => Ok(speed),
        _ => Err("a speed is a number from 0 to 100000".into()),
    }
}

/// What nobody can guess, from what the standard library seeds its hashes with.
fn secret() -> String {
    let part = || RandomState::new().build_hasher().finish();
    (0..4).map(|_| format!("{:016x}", part())).collect()
}

/// Everything that requests share.
pub(crate) struct Server {
    live: Arc<Live>,
    tokens: Option<Tokens>,
    guard: Guard,
    dist: PathBuf,
}

/// Serves until it is told to end. What goes wrong before that is an error with a sentence.
pub fn run(arguments: &Arguments, err: &mut impl Write) -> io::Result<()> {
    let invalid = |text: String| io::Error::new(io::ErrorKind::InvalidInput, text);
    let loopback = arguments.listen.ip().is_loopback();
    let tokens = match &arguments.token_file {
        Some(path) => Some(Tokens::read(path).map_err(invalid)?),
        None if loopback => None,
        None => {
            let address = arguments.listen;
            return Err(invalid(format!(
                "{address} is not loopback: whoever reaches it would be the administrator. Give --token-file, or listen on 127.0.0.1"
            )));
        }
    };
    let mut cluster = Cluster::new(Config {
        seed: arguments.seed,
        nodes: arguments.nodes,
        zones: arguments.zones,
        start: now(),
        token_key: secret().as_str().into(),
        ..Config::default()
    });
    for path in &arguments.files {
        for line in applied(&mut cluster, path).map_err(invalid)? {
            writeln!(err, "{line}")?;
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(arguments.listen).await?;
        let address = listener.local_addr()?;
        let url = format!("http://{address}");
        match &arguments.kubeconfig {
            Some(path) => {
                let token = tokens.as_ref().and_then(Tokens::first);
                kubeconfig::write(path, &url, token).map_err(invalid)?;
                writeln!(err, "kubectl --kubeconfig {} get nodes", path.display())?;
            }
            None => writeln!(err, "kubectl --server {url} get nodes")?,
        }
        writeln!(err, "serving {} nodes at {url}", arguments.nodes)?;
        err.flush()?;
        let server = Arc::new(Server {
            live: Arc::new(Live::new(cluster, arguments.speed)),
            guard: Guard::new(address, tokens.is_some()),
            tokens,
            dist: arguments.dist.clone(),
        });
        serve(listener, server, ended()).await
    })
}

/// Serves on a listener until `end`; watches that are open then end as well.
async fn serve(
    listener: TcpListener,
    server: Arc<Server>,
    end: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let clock = tokio::spawn(live::keep_time(server.live.clone()));
    let app = axum::Router::new()
        .fallback(http::answer)
        .with_state(server.clone());
    let stop = server.clone();
    let served = axum::serve(listener, app).with_graceful_shutdown(async move {
        end.await;
        stop.live.close();
    });
    let result = served.await;
    clock.abort();
    result
}

/// The instant that it is: clients hold the cluster's times against their own clock.
fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = since.map_or(0, |since| since.as_micros());
    let before = u128::from(EPOCH_UNIX_MS.unsigned_abs()) * 1_000;
    Time(u64::try_from(micros.saturating_sub(before)).unwrap_or(0))
}

/// Ends with Ctrl-C or SIGTERM.
async fn ended() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}

/// Applies a file as `podarium run` does; kubectl's lines.
fn applied(cluster: &mut Cluster, path: &str) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    for text in files::read(path, &mut io::stdin())? {
        let decoded = decode(&text.name, &text.text);
        let options = Options::command(format!("kubectl apply -f {path}"));
        let report = report(&apply(cluster, &decoded.manifests, &options));
        lines.extend(report.out.into_iter().chain(report.err));
        lines.extend(refused(&text.name, &decoded));
    }
    Ok(lines)
}
