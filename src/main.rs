//! The page's entry: mounts the interface, nothing else.

#[cfg(target_arch = "wasm32")]
fn main() {
    podarium_app::mount();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("podarium-page is a page: build it with script/build and open it in a browser");
}
