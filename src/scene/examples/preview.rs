//! Draws a sample cluster as SVG, to be looked at:
//! `echo shop light 757 757 busy | cargo run -p podarium-scene --example preview > file.svg`; instead of `shop`, `medium`,
//! `crowd` and `mass`.

use podarium_scene::display::{Color, Message};
use podarium_scene::svg::{Style, svg};
use podarium_scene::{Options, Scene, Thing, View};

#[path = "../tests/scene/sample.rs"]
mod sample;

const WORDS: &str = include_str!("../../app/i18n/en/scene.ftl");

/// Enough of Fluent for this one file: `id = text with { $variable }`.
fn words(message: &Message) -> String {
    use podarium_cluster::sim::Arg;
    let line = WORDS
        .lines()
        .find_map(|l| l.strip_prefix(message.id)?.strip_prefix(" = "));
    let mut text = line.unwrap_or(message.id).to_owned();
    for (name, value) in &message.args {
        let value = match value {
            Arg::Int(n) => n.to_string(),
            Arg::Text(t) => t.to_string(),
        };
        text = text.replace(&format!("{{ ${name} }}"), &value);
    }
    text
}

fn palette(dark: bool) -> [String; 25] {
    Color::ALL.map(|color| {
        let (light, dim) = match color {
            Color::Ground => ("#f6f7f9", "#0e1217"),
            Color::Panel => ("#ffffff", "#151b22"),
            Color::Panel2 => ("#e9ecf1", "#232b35"),
            Color::Zone => ("#edeff4", "#121820"),
            Color::Ink1 => ("#1b2430", "#e7ecf1"),
            Color::Ink2 => ("#54616f", "#a3b0bd"),
            Color::Ink3 => ("#8a96a3", "#6f7c89"),
            Color::Line => ("#d5dae1", "#2c3540"),
            Color::Accent => ("#2f5fde", "#7f9ef5"),
            Color::AccentTint => ("#e4eafb", "#1d2946"),
            Color::Pulse => ("#7a55d3", "#a98bf0"),
            Color::PulseTint => ("#efeafb", "#292145"),
            Color::Ready => ("#009e73", "#2fc79a"),
            Color::ReadyTint => ("#e0f3ed", "#12302a"),
            Color::Starting => ("#3aa0dc", "#6cc0f2"),
            Color::StartingTint => ("#e8f3fb", "#152a38"),
            Color::NotReady => ("#e08a00", "#f0a93a"),
            Color::NotReadyTint => ("#fcf1e0", "#33270f"),
            Color::Crash => ("#d0480f", "#f4743b"),
            Color::CrashTint => ("#fbe9e2", "#361d12"),
            Color::Leaving => ("#b0578f", "#d987bb"),
            Color::LeavingTint => ("#f6eaf2", "#321f2c"),
            Color::Pending => ("#98a2ad", "#6c7783"),
            Color::PendingTint => ("#f0f2f5", "#1b222b"),
            Color::OnState => ("#ffffff", "#0e1217"),
        };
        if dark { dim } else { light }.to_owned()
    })
}

fn main() {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .expect("standard input is readable");
    let args: Vec<&str> = line.split_whitespace().collect();
    let arg = |i: usize, or: &str| args.get(i - 1).map_or(or, |a| *a).to_owned();
    let mut scene = Scene::new();
    let model = scene.model_mut();
    match arg(1, "shop").as_str() {
        "crowd" => sample::crowd(model, 12, 300, 3),
        "mass" => sample::crowd(model, 60, 3_000, 3),
        "medium" => sample::crowd(model, 6, 100, 3),
        _ => sample::shop(model),
    }
    if arg(1, "shop") == "shop" && arg(5, "busy") == "busy" {
        for record in sample::writes(100_000_000) {
            scene.take_record(&record, 100e6);
        }
        for trace in sample::traffic(100_000_000) {
            scene.take_traces(std::iter::once(&trace), trace.start.0 as f64);
        }
    }
    let size = |i: usize, or: &str| arg(i, or).parse().unwrap_or(757.0);
    let view = View::new(size(3, "757"), size(4, "757"));
    let selected = Thing::Pod(sample::pod_key("web-7f4c9d5b8-2xk9p"));
    let options = Options {
        selected: Some(selected),
        ..Options::default()
    };
    let list = scene.frame(100e6, 0.0, view, &options).list;
    let style = Style {
        colors: &palette(arg(2, "light") == "dark"),
        words: &words,
        sans: "'DejaVu Sans Condensed', sans-serif",
        mono: "DejaVu Sans Mono, monospace",
    };
    print!("{}", svg(list, &style));
}
