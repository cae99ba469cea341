//! The canvas as the painter uses it: few calls, each with numbers or with texts that JavaScript already holds.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A `CanvasRenderingContext2D`. Bound by hand: colours and fonts cross into JavaScript once and not at every call.
    #[wasm_bindgen(js_name = CanvasRenderingContext2D)]
    pub type Context;

    #[wasm_bindgen(method, setter, js_name = fillStyle)]
    pub fn fill_style(this: &Context, style: &JsValue);
    #[wasm_bindgen(method, setter, js_name = strokeStyle)]
    pub fn stroke_style(this: &Context, style: &JsValue);
    #[wasm_bindgen(method, setter, js_name = lineWidth)]
    pub fn line_width(this: &Context, width: f64);
    #[wasm_bindgen(method, setter, js_name = lineCap)]
    pub fn line_cap(this: &Context, cap: &JsValue);
    #[wasm_bindgen(method, setter, js_name = lineJoin)]
    pub fn line_join(this: &Context, join: &JsValue);
    #[wasm_bindgen(method, setter, js_name = globalAlpha)]
    pub fn alpha(this: &Context, alpha: f64);
    #[wasm_bindgen(method, setter)]
    pub fn set_font(this: &Context, font: &JsValue);
    #[wasm_bindgen(method, setter, js_name = textAlign)]
    pub fn text_align(this: &Context, align: &JsValue);
    #[wasm_bindgen(method, js_name = setLineDash)]
    pub fn line_dash(this: &Context, dash: &JsValue);
    #[wasm_bindgen(method, js_name = setTransform)]
    pub fn transform(this: &Context, a: f64, b: f64, c: f64, d: f64, e: f64, f: f64);
    #[wasm_bindgen(method, js_name = clearRect)]
    pub fn clear(this: &Context, x: f64, y: f64, w: f64, h: f64);
    #[wasm_bindgen(method, js_name = beginPath)]
    pub fn begin(this: &Context);
    #[wasm_bindgen(method, js_name = closePath)]
    pub fn close(this: &Context);
    #[wasm_bindgen(method, js_name = moveTo)]
    pub fn move_to(this: &Context, x: f64, y: f64);
    #[wasm_bindgen(method, js_name = lineTo)]
    pub fn line_to(this: &Context, x: f64, y: f64);
    #[wasm_bindgen(method, js_name = bezierCurveTo)]
    pub fn curve_to(this: &Context, ax: f64, ay: f64, bx: f64, by: f64, x: f64, y: f64);
    #[wasm_bindgen(method)]
    pub fn arc(this: &Context, x: f64, y: f64, r: f64, from: f64, to: f64);
    #[wasm_bindgen(method)]
    pub fn ellipse(this: &Context, x: f64, y: f64, rx: f64, ry: f64, turn: f64, from: f64, to: f64);
    #[wasm_bindgen(method, js_name = roundRect)]
    pub fn round_rect(this: &Context, x: f64, y: f64, w: f64, h: f64, radius: f64);
    #[wasm_bindgen(method)]
    pub fn rect(this: &Context, x: f64, y: f64, w: f64, h: f64);
    #[wasm_bindgen(method)]
    pub fn fill(this: &Context);
    #[wasm_bindgen(method)]
    pub fn stroke(this: &Context);
    #[wasm_bindgen(method, js_name = fillText)]
    pub fn fill_text(this: &Context, text: &str, x: f64, y: f64);
    #[wasm_bindgen(method, js_name = fillText)]
    pub fn fill_text_within(this: &Context, text: &str, x: f64, y: f64, width: f64);
    #[wasm_bindgen(method, js_name = measureText)]
    fn measure(this: &Context, text: &str) -> Measure;

    type Measure;
    #[wasm_bindgen(method, getter)]
    fn width(this: &Measure) -> f64;
}

impl Context {
    /// The width of a text in the present font.
    pub fn width_of(&self, text: &str) -> f64 {
        self.measure(text).width()
    }
}
