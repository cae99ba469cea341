//! The stage: the picture of the cluster, with a tree of the same things for keyboards and screen readers.

mod camera;
mod canvas;
mod legend;
mod mirror;
mod painter;
mod palette;
mod pointer;

use std::cell::RefCell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
use podarium_cluster::Cluster;
use podarium_scene::{Direction, Options, Point, Scene, Thing};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlCanvasElement, KeyboardEvent, ResizeObserver};

use crate::dom;
use crate::once;
use crate::page::Page;
use crate::texts::t;
use camera::Camera;
use canvas::Context;
use legend::Legend;
use mirror::Mirror;
use painter::Painter;

/// What the stage keeps from frame to frame.
pub struct Stage {
    /// The picture.
    pub scene: Scene,
    /// Where the person looks.
    pub camera: Camera,
    options: Options,
    painter: Painter,
    /// What changes seldom, and above it what moves.
    layers: Option<[Layer; 2]>,
    mirror: Mirror,
    /// What the lower layer shows: its generation, and where it was looked at from.
    base_painted: Option<(u64, f32, Point)>,
    more_below: bool,
    /// The size, theme or fonts have changed: paint both layers.
    stale: bool,
    /// The theme or fonts have changed. They are read when drawing, since asking for them makes the browser work out all
    /// styles at once, as it does before a frame anyway.
    restyled: bool,
}

struct Layer {
    canvas: HtmlCanvasElement,
    context: Context,
}

impl Layer {
    fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.unchecked_into();
        Some(Layer { canvas, context })
    }
}

/// What can be seen and heard of the stage outside of it.
#[derive(Clone, Copy)]
pub struct Layers {
    /// API writes and watch deliveries.
    pub control: RwSignal<bool>,
    /// Packets.
    pub data: RwSignal<bool>,
}

type Shared = Rc<RefCell<Stage>>;

impl Stage {
    fn new() -> Self {
        Stage {
            scene: Scene::new(),
            camera: Camera::new(),
            options: Options::default(),
            painter: Painter::new(),
            layers: None,
            mirror: Mirror::default(),
            base_painted: None,
            more_below: false,
            stale: true,
            restyled: true,
        }
    }

    /// Fits the canvases to their box at the screen's density.
    fn resize(&mut self, width: f64, height: f64) {
        let density = dom::window().device_pixel_ratio();
        for layer in self.layers.iter().flatten() {
            layer.canvas.set_width((width * density).round() as u32);
            layer.canvas.set_height((height * density).round() as u32);
        }
        self.camera.resize(width as f32, height as f32);
        self.stale = true;
    }

    /// The theme or fonts have changed.
    fn restyle(&mut self) {
        self.restyled = true;
        self.stale = true;
    }

    /// Draws what has changed; whether something moves by itself.
    fn draw(&mut self, cluster: &Cluster, real: f64) -> bool {
        let Some(layers) = &self.layers else {
            return false;
        };
        if self.camera.view.width <= 0.0 || self.camera.view.height <= 0.0 {
            return false;
        }
        self.scene.sync(cluster);
        let now = cluster.now().0 as f64;
        let frame = self.scene.frame(now, real, self.camera.view, &self.options);
        let (list, changed) = (frame.list, frame.changed || self.stale);
        let below = self.camera.saw(list);
        if below != self.more_below {
            self.more_below = below;
            if let Some(parent) = layers[0].canvas.parent_element() {
                let _ = parent.class_list().toggle_with_force("more-below", below);
            }
        }
        if std::mem::take(&mut self.restyled) {
            self.painter.refresh();
        }
        if changed {
            let size = (
                self.camera.view.width.into(),
                self.camera.view.height.into(),
            );
            let density = dom::window().device_pixel_ratio();
            let base = (list.base_generation, list.scale, list.offset);
            if self.stale || self.base_painted != Some(base) {
                self.painter
                    .paint(&layers[0].context, list, &list.base, size, density);
                self.base_painted = Some(base);
            }
            self.painter
                .paint(&layers[1].context, list, &list.over, size, density);
            self.stale = false;
        }
        // Packets move with virtual time alone: while it stands still they change nothing, and no frame is wanted for them.
        let animating = list.animating && changed;
        let mirrored = self.mirror.sync(&self.scene, real);
        animating || !mirrored
    }
}

/// The stage.
#[component]
pub fn StageView() -> impl IntoView {
    let page = Page::here();
    let stage: Shared = Rc::new(RefCell::new(Stage::new()));
    let layers = Layers {
        control: RwSignal::new(true),
        data: RwSignal::new(true),
    };
    let frame = NodeRef::<html::Div>::new();
    let base = NodeRef::<html::Canvas>::new();
    let over = NodeRef::<html::Canvas>::new();
    let tree = NodeRef::<html::Div>::new();

    let shared = stage.clone();
    Effect::new(move |_| {
        let (Some(frame), Some(base), Some(over), Some(tree)) =
            (frame.get(), base.get(), over.get(), tree.get())
        else {
            return;
        };
        let mut stage = shared.borrow_mut();
        stage.layers = Layer::new(base)
            .zip(Layer::new(over))
            .map(|(base, over)| [base, over]);
        stage.mirror.attach(&tree);
        drop(stage);
        pointer::attach(page, shared.clone(), &frame);
        observe_size(page, shared.clone(), &frame);
        let painting = shared.clone();
        page.engine.set_painter(Box::new(move |cluster, real| {
            painting.borrow_mut().draw(cluster, real)
        }));
        refresh_when_fonts_arrive(page, shared.clone());
    });

    let shared = stage.clone();
    Effect::new(move |_| {
        let options = Options {
            reduced_motion: dom::reduced_motion(),
            layer_control: layers.control.get(),
            layer_data: layers.data.get(),
            speed: page.engine.speed.get(),
            selected: page.selected.get(),
            hovered: page.hovered.get(),
        };
        let mut stage = shared.borrow_mut();
        stage.mirror.set_active(
            options.hovered.as_ref().or(options.selected.as_ref()),
            options.selected.as_ref(),
        );
        stage.options = options;
        page.engine.wake();
    });

    let shared = stage.clone();
    Effect::new(move |_| {
        page.theme.dark.track();
        let mut stage = shared.borrow_mut();
        stage.restyle();
        page.engine.wake();
    });

    let keyed = stage.clone();
    let on_key = move |event: KeyboardEvent| {
        if key(page, &keyed, &event) {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    // Screen readers click the elements of the tree.
    let clicked = stage.clone();
    let on_click = move |event: web_sys::MouseEvent| {
        let element = event
            .target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        let thing = element.and_then(|element| clicked.borrow().mirror.thing_of(&element));
        if let Some(thing) = thing {
            page.select(thing);
        }
    };
    let zoomed = stage.clone();
    let zoom = move |by: f32| {
        let mut stage = zoomed.borrow_mut();
        zoom_by(&mut stage, by);
        drop(stage);
        page.engine.wake();
    };
    let (zoom_in, zoom_out, zoom_all) = (zoom.clone(), zoom.clone(), zoom);
    let tip_stage = stage;
    let begins = move || {
        if page.engine.warming.get() {
            t!("stage-begins")
        } else {
            String::new()
        }
    };

    view! {
        <div class="stage-frame" class:stage-warming=page.engine.warming node_ref=frame>
            <canvas class="stage-canvas" node_ref=base aria-hidden="true"></canvas>
            <canvas class="stage-canvas" node_ref=over aria-hidden="true"></canvas>
            <div
                class="stage-tree" node_ref=tree id="stage-tree" role="tree" tabindex="0"
                aria-label=t!("stage-tree") on:keydown=on_key
                on:blur=move |_| page.hovered.set(None)
                on:click=on_click
            ></div>
            <Tip stage=tip_stage/>
            <p class="stage-begins" role="status">{once::text(begins)}</p>
        </div>
        <div class="stage-bar">
            <Legend/>
            <div class="stage-tools">
                <button class="chip" aria-pressed=move || layers.control.get().to_string()
                    on:click=move |_| layers.control.update(|on| *on = !*on)>
                    <span class="dot dot-pulse" aria-hidden="true"></span>{t!("layer-control")}
                </button>
                <button class="chip" aria-pressed=move || layers.data.get().to_string()
                    on:click=move |_| layers.data.update(|on| *on = !*on)>
                    <span class="dot dot-accent" aria-hidden="true"></span>{t!("layer-data")}
                </button>
                <span class="zoom-buttons" role="group" aria-label=t!("zoom")>
                    <button class="icon-button" aria-label=t!("zoom-out") on:click=move |_| zoom_out(1.0 / 1.25)>"−"</button>
                    <button class="icon-button" aria-label=t!("zoom-reset") on:click=move |_| zoom_all(0.0)>"⤢"</button>
                    <button class="icon-button" aria-label=t!("zoom-in") on:click=move |_| zoom_in(1.25)>"+"</button>
                </span>
            </div>
        </div>
    }
}

/// What is under the pointer or the keyboard, in words.
#[component]
fn Tip(stage: Shared) -> impl IntoView {
    let page = Page::here();
    let tip = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let Some(tip) = tip.get() else {
            return;
        };
        page.engine.version.track();
        let hovered = page.hovered.get();
        // The picture may be in the middle of being drawn when a signal of it changes.
        let Ok(stage) = stage.try_borrow() else {
            return;
        };
        let found = hovered
            .and_then(|thing| Some((stage.scene.anchor(&thing)?, stage.mirror.words(&thing)?)));
        let Some((at, words)) = found else {
            tip.set_hidden(true);
            return;
        };
        tip.set_text_content(Some(&words));
        tip.set_hidden(false);
        let (width, height) = (
            f64::from(tip.offset_width()),
            f64::from(tip.offset_height()),
        );
        let room = (
            f64::from(stage.camera.view.width),
            f64::from(stage.camera.view.height),
        );
        let left =
            (f64::from(at.center().x) - width / 2.0).clamp(8.0, (room.0 - width - 8.0).max(8.0));
        let below = f64::from(at.bottom()) + 8.0;
        let top = if below + height < room.1 {
            below
        } else {
            f64::from(at.y) - height - 8.0
        };
        let style = web_sys::HtmlElement::style(&tip);
        let _ = style.set_property("left", &format!("{left:.0}px"));
        let _ = style.set_property("top", &format!("{top:.0}px"));
    });
    view! { <div class="stage-tip" node_ref=tip hidden aria-hidden="true"></div> }
}

/// Zooms about the middle; 0 shows everything.
fn zoom_by(stage: &mut Stage, by: f32) {
    if by == 0.0 {
        stage.camera.fit();
    } else {
        let middle = stage.camera.middle();
        stage.camera.zoom(by, middle);
    }
}

/// The character that a key types, if it types one.
fn typed(key: &str) -> Option<char> {
    let mut letters = key.chars();
    let letter = letters.next()?;
    letters.next().is_none().then_some(letter)
}

/// A key on the tree; whether it meant something.
fn key(page: Page, stage: &Shared, event: &KeyboardEvent) -> bool {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return false;
    }
    if let Some(letter) = typed(&event.key()) {
        let real = crate::engine::real_ms();
        let typing = stage.borrow().mirror.is_typing(real);
        // In the middle of a name, everything belongs to it.
        if letter.is_ascii_alphabetic() || !letter.is_ascii() || typing {
            let from = page.hovered.get_untracked();
            let found = stage
                .borrow_mut()
                .mirror
                .type_ahead(letter, from.as_ref(), real);
            if let Some(thing) = found {
                page.hovered.set(Some(thing));
            }
            return true;
        }
    }
    let direction = match event.key().as_str() {
        "ArrowLeft" => Direction::Left,
        "ArrowRight" => Direction::Right,
        "ArrowUp" => Direction::Up,
        "ArrowDown" => Direction::Down,
        "Enter" => {
            if let Some(thing) = page.hovered.get_untracked() {
                page.select(thing);
                page.layout.show(crate::layout::Pane::Inspector);
                dom::focus_soon("inspector-title");
            }
            return true;
        }
        "Escape" => {
            page.selected.set(None);
            page.hovered.set(None);
            return true;
        }
        "+" | "=" | "-" | "0" => {
            let by = match event.key().as_str() {
                "-" => 1.0 / 1.25,
                "0" => 0.0,
                _ => 1.25,
            };
            zoom_by(&mut stage.borrow_mut(), by);
            page.engine.wake();
            return true;
        }
        _ => return false,
    };
    if event.shift_key() {
        let mut stage = stage.borrow_mut();
        match direction {
            Direction::Left => stage.camera.pan(40.0, 0.0),
            Direction::Right => stage.camera.pan(-40.0, 0.0),
            Direction::Up => stage.camera.pan(0.0, 40.0),
            Direction::Down => stage.camera.pan(0.0, -40.0),
        }
        drop(stage);
        page.engine.wake();
        return true;
    }
    let from = page
        .hovered
        .get_untracked()
        .or_else(|| page.selected.get_untracked());
    let next = {
        let stage = stage.borrow();
        match from {
            Some(thing) => stage.scene.next(&thing, direction),
            None => stage.mirror.first(),
        }
    };
    if let Some(thing) = next {
        page.hovered.set(Some(thing));
    }
    true
}

fn observe_size(page: Page, stage: Shared, frame: &web_sys::HtmlElement) {
    let measured = frame.clone();
    let resized = Closure::<dyn FnMut()>::new(move || {
        let rect = measured.get_bounding_client_rect();
        stage.borrow_mut().resize(rect.width(), rect.height());
        page.engine.wake();
    });
    if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
        observer.observe(frame);
    }
    resized.forget();
}

/// The canvas does not wait for fonts as the document does.
fn refresh_when_fonts_arrive(page: Page, stage: Shared) {
    // Asking for them makes the browser lay out the document at once, which is to be no part of building it.
    Timeout::new(0, move || wait_for_fonts(page, stage)).forget();
}

fn wait_for_fonts(page: Page, stage: Shared) {
    let fonts = js_sys::Reflect::get(&dom::document(), &"fonts".into());
    let ready = fonts.and_then(|fonts| js_sys::Reflect::get(&fonts, &"ready".into()));
    let Ok(Ok(ready)) = ready.map(JsCast::dyn_into::<js_sys::Promise>) else {
        return;
    };
    wasm_bindgen_futures::spawn_local(async move {
        if wasm_bindgen_futures::JsFuture::from(ready).await.is_ok() {
            let mut stage = stage.borrow_mut();
            stage.restyle();
            page.engine.wake();
        }
    });
}

/// The place of a pointer event on the canvas, in CSS pixels.
fn place(event: &web_sys::MouseEvent, frame: &web_sys::Element) -> Point {
    let rect = frame.get_bounding_client_rect();
    Point::new(
        (f64::from(event.client_x()) - rect.left()) as f32,
        (f64::from(event.client_y()) - rect.top()) as f32,
    )
}

/// The thing that a person means at a place.
fn thing_at(stage: &Shared, at: Point) -> Option<Thing> {
    stage.borrow().scene.hit(at.x, at.y)
}
