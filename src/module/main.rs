//! The API server's rules as a Wasm module of their own, which the page loads when its first cluster lives.

/// Answers a question of `podarium-rules`: `given` is a JSON list of values, and so is what comes back JSON.
///
/// # Errors
/// Throws where `given` is no list of JSON values; the page always sends one.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn answer(question: &str, given: &str) -> Result<String, wasm_bindgen::JsError> {
    podarium_api::schema::install(podarium_api::schema::FIELDS);
    let given = podarium_api::typed::parse(given.as_bytes())?;
    let given: Vec<_> = given.as_array().into_iter().flatten().collect();
    Ok(podarium_rules::answer(question, &given).to_string())
}

fn main() {}
