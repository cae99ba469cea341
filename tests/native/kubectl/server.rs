//! `podarium serve` as a process of its own, built first where the sources are newer, and ended with its handle.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// A running server, and a folder that is its clients' home.
pub struct Server {
    child: Child,
    home: PathBuf,
    url: String,
}

impl Server {
    /// Starts a server with these arguments on a free port of loopback.
    pub fn start(name: &str, arguments: &[&str]) -> Self {
        let home = std::env::temp_dir().join(format!(
            "podarium-{}-{}",
            name.replace('/', "-"),
            std::process::id()
        ));
        // What an ended process of the same number may have left.
        let _ = std::fs::remove_dir_all(&home);
        std::fs::create_dir_all(&home).unwrap();
        let mut child = Command::new(program())
            .args(["serve", "--listen", "127.0.0.1:0", "--kubeconfig"])
            .arg(home.join("kubeconfig"))
            .args(["--dist", "/nowhere"])
            .args(arguments)
            .current_dir(&home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let url = loop {
            let from = said.len();
            if lines.read_line(&mut said).unwrap() == 0 {
                panic!("podarium serve ended: {said}");
            }
            let line = said[from..].trim_end();
            if let Some((_, url)) = line.split_once(" nodes at ") {
                break url.to_owned();
            }
        };
        // Whatever it says later (a panic's story) belongs into the test's output.
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                eprintln!("podarium serve: {line}");
            }
        });
        Server { child, home, url }
    }

    /// Where it is reached.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder of its clients; `kubeconfig` is in it.
    pub fn home(&self) -> &Path {
        &self.home
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

/// The server's program, which lies in the folder above this test's own.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let profile = test.ancestors().nth(2).unwrap();
        let mut build = Command::new(env!("CARGO"));
        build
            .args([
                "build",
                "--quiet",
                "--locked",
                "--package",
                "podarium-server",
                "--bin",
                "podarium",
                "--target-dir",
            ])
            .arg(profile.parent().unwrap())
            .current_dir(env!("CARGO_MANIFEST_DIR"));
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(
            build.status().unwrap().success(),
            "podarium-server does not build"
        );
        profile.join("podarium")
    })
}
