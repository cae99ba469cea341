//! The bar at the bottom: time, and what happened of late.

mod histogram;
mod log;

use leptos::prelude::*;

use crate::pace::{SPEEDS, clock, speed_label};
use crate::page::Page;
use crate::texts::t;
use histogram::Histogram;
use log::LogLines;

/// The time bar.
#[component]
pub fn TimeBar() -> impl IntoView {
    let engine = Page::here().engine;
    let playing = engine.playing;
    let play_label = move || {
        if playing.get() {
            t!("pause")
        } else {
            t!("play")
        }
    };
    view! {
        <footer class="timebar">
            <div class="transport" role="group" aria-label=t!("time")>
                <button class="button" aria-label=t!("step-back") title=t!("step-back") on:click=move |_| engine.step_back()>
                    <span class="sign sign-back" aria-hidden="true"></span>
                </button>
                <button class="button button-main play" on:click=move |_| engine.play(!playing.get_untracked())>
                    <span class="sign" class:sign-pause=playing class:sign-play=move || !playing.get() aria-hidden="true"></span>
                    {play_label}
                </button>
                <button class="button" aria-label=t!("step") title=t!("step") on:click=move |_| engine.step()>
                    <span class="sign sign-step" aria-hidden="true"></span>
                </button>
                <select class="speed" aria-label=t!("speed") disabled=move || engine.live.with(Option::is_some) prop:value=move || engine.speed.get().to_string()
                    on:change=move |event| {
                        let speed = js_sys::parse_float(&event_target_value(&event));
                        if speed.is_finite() {
                            engine.set_speed(speed);
                        }
                    }>
                    {SPEEDS.map(|speed| view! { <option value=speed.to_string() selected=speed == 1.0>{speed_label(speed)}</option> }).collect_view()}
                </select>
            </div>
            <div class="timeline">
                <Histogram/>
                <div class="clock-line">
                    <time class="clock">{crate::once::text(move || clock(engine.now.get()))}</time>
                    <span class="following" hidden=move || engine.live.with(Option::is_none)>{t!("following")}</span>
                    <span class="behind" hidden=move || !engine.behind.get()>{t!("behind")}</span>
                </div>
            </div>
            <LogLines/>
        </footer>
    }
}
