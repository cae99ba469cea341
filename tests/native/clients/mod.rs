//! Other clients than kubectl against `podarium serve`.

use std::process::Command;

use expect_test::expect_file;

use crate::kubectl::server::Server;
use crate::kubectl::shell::tool;

#[test]
fn the_python_client_creates_patches_watches_and_informs() {
    let Some(python) = tool("PODARIUM_PYTHON") else {
        return;
    };
    let server = Server::start("python", &["--speed", "50"]);
    let flows = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/native/clients/flows.py");
    let output = Command::new(python)
        .args(["-I", "-B", flows])
        .arg(server.home().join("kubeconfig"))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let said = text(output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    expect_file!["flows.txt"].assert_eq(&text(output.stdout));
}
