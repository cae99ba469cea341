//! Frame after frame: what glides, what stands still, and that nothing is drawn when nothing happened.

use podarium_api::meta::Time;
use podarium_cluster::sim::{Actor, Verb};
use podarium_scene::display::Shape;
use podarium_scene::model::PodState;
use podarium_scene::{Options, Rect, Scene, Thing, View};

use crate::sample;

const NOW: f64 = 100e6;

fn view() -> View {
    View::new(757.0, 757.0)
}

fn shop() -> Scene {
    let mut scene = Scene::new();
    sample::shop(scene.model_mut());
    scene.frame(NOW, 0.0, view(), &Options::default());
    scene
}

/// The box that stands for a thing in the last list.
fn drawn(scene: &mut Scene, real_ms: f64, thing: &Thing) -> Option<Rect> {
    let id = thing.id();
    let list = scene.frame(NOW, real_ms, view(), &Options::default()).list;
    list.items().find_map(|i| match i.shape {
        Shape::Rect { rect, .. } if i.thing == Some(id) => Some(rect),
        _ => None,
    })
}

#[test]
fn the_first_picture_is_there_at_once() {
    let mut scene = Scene::new();
    sample::shop(scene.model_mut());
    let frame = scene.frame(NOW, 0.0, view(), &Options::default());
    assert!(frame.changed && !frame.list.animating);
}

#[test]
fn a_still_cluster_is_drawn_once() {
    let mut scene = shop();
    let before = scene
        .frame(NOW, 5.0, view(), &Options::default())
        .list
        .generation;
    for i in 0..50 {
        let frame = scene.frame(NOW, 1e3 * f64::from(i), view(), &Options::default());
        assert!(!frame.changed && frame.list.generation == before);
    }
}

#[test]
fn time_alone_changes_only_rings() {
    let mut scene = shop();
    let leaving: Vec<_> = scene
        .model()
        .pods
        .iter()
        .filter(|(_, p)| p.state.ring(NOW).is_some_and(|r| r.1.is_finite()))
        .map(|(k, _)| k.clone())
        .collect();
    assert_eq!(leaving.len(), 2);
    // 40 s of back-off in 120 steps: a third of a second each.
    let changes = (1..=100).filter(|i| {
        scene
            .frame(NOW + 1e4 * f64::from(*i), 0.0, view(), &Options::default())
            .changed
    });
    let count = changes.count();
    assert!((3..=9).contains(&count), "{count} changes in a second");
    for key in leaving {
        scene.model_mut().remove_pod(&key);
    }
    scene.frame(NOW + 2e6, 0.0, view(), &Options::default());
    scene.frame(NOW + 2e6, 1e3, view(), &Options::default());
    for i in 1..=100 {
        assert!(
            !scene
                .frame(
                    NOW + 2e6 + 1e6 * f64::from(i),
                    1e3,
                    view(),
                    &Options::default()
                )
                .changed
        );
    }
}

#[test]
fn a_bound_pod_slides_from_the_waiting_row_to_its_slot() {
    let mut scene = shop();
    let thing = Thing::Pod(sample::pod_key("ml-train-x2v5k"));
    let from = drawn(&mut scene, 0.0, &thing).unwrap();
    let (key, pod) = sample::pod(
        "ml",
        "ml-train-x2v5k",
        Some("node-2"),
        PodState::Starting(0.1),
    );
    scene.model_mut().set_pod(&key, pod);
    let begin = drawn(&mut scene, 1_000.0, &thing).unwrap();
    let middle = drawn(&mut scene, 1_060.0, &thing).unwrap();
    let end = drawn(&mut scene, 1_300.0, &thing).unwrap();
    assert_eq!(begin, from);
    assert!(
        end.y < middle.y && middle.y < begin.y,
        "{begin:?} {middle:?} {end:?}"
    );
    assert_eq!(Some(end), scene.anchor(&thing));
    assert!(
        !scene
            .frame(NOW, 1_400.0, view(), &Options::default())
            .changed
    );
}

#[test]
fn what_comes_grows_and_what_goes_fades() {
    let mut scene = shop();
    let (key, pod) = sample::pod("web", "web-new", Some("node-1"), PodState::Starting(0.1));
    scene.model_mut().set_pod(&key, pod);
    let thing = Thing::Pod(key.clone());
    let small = drawn(&mut scene, 1_000.0, &thing).unwrap();
    assert!(
        scene
            .frame(NOW, 1_001.0, view(), &Options::default())
            .list
            .animating
    );
    let whole = drawn(&mut scene, 2_000.0, &thing).unwrap();
    assert!(small.w < whole.w);
    scene.model_mut().remove_pod(&key);
    let with = scene
        .frame(NOW, 3_000.0, view(), &Options::default())
        .list
        .base
        .len();
    let frame = scene.frame(NOW, 3_301.0, view(), &Options::default());
    assert!(
        frame.changed && frame.list.base.len() < with,
        "its ghost is gone"
    );
    assert!(!frame.list.animating);
    assert!(
        !scene
            .frame(NOW, 3_400.0, view(), &Options::default())
            .changed
    );
}

#[test]
fn reduced_motion_glides_nowhere() {
    let options = Options {
        reduced_motion: true,
        ..Options::default()
    };
    let mut scene = Scene::new();
    sample::shop(scene.model_mut());
    scene.frame(NOW, 0.0, view(), &options);
    for record in sample::writes(NOW as u64) {
        scene.take_record(&record, NOW);
    }
    scene.take_traces(sample::traffic(NOW as u64).iter(), NOW - 2.4e6);
    let (key, pod) = sample::pod("web", "web-new", Some("node-1"), PodState::Ready);
    scene.model_mut().set_pod(&key, pod);
    scene.model_mut().remove_pod(&sample::pod_key("email-1"));
    let mut steps = 0;
    for i in 0..200 {
        let now = NOW - 2.4e6 + 2e4 * f64::from(i);
        let frame = scene.frame(now, 5.0 * f64::from(i), view(), &options);
        assert!(!frame.list.animating);
        steps += u32::from(frame.changed);
    }
    // Packets and pulses step from place to place: far fewer pictures than frames would be with gliding.
    assert!((20..200).contains(&steps), "{steps}");
    assert!(
        !scene
            .frame(NOW + 20e6, 1e4, view(), &options)
            .list
            .over
            .iter()
            .any(|i| matches!(i.shape, Shape::Packet { .. }))
    );
}

#[test]
fn pointing_and_selecting_repaint_only_what_lies_over() {
    let mut scene = shop();
    let thing = Thing::Pod(sample::pod_key("ad-1"));
    let base = scene
        .frame(NOW, 0.0, view(), &Options::default())
        .list
        .base_generation;
    let options = Options {
        hovered: Some(thing.clone()),
        ..Options::default()
    };
    let frame = scene.frame(NOW, 0.0, view(), &options);
    assert!(frame.changed && frame.list.base_generation == base);
    assert_eq!(frame.list.over.len(), 1);
    assert_eq!(frame.list.over[0].thing, Some(thing.id()));
    assert!(!scene.frame(NOW, 0.0, view(), &options).changed);
}

#[test]
fn pan_and_zoom_repaint_nothing_but_say_so() {
    let mut scene = shop();
    let before = scene
        .frame(NOW, 0.0, view(), &Options::default())
        .list
        .clone();
    let frame = scene.frame(
        NOW,
        0.0,
        View {
            zoom: 2.0,
            ..view()
        },
        &Options::default(),
    );
    assert!(frame.changed && frame.list.scale == 2.0);
    assert_eq!(frame.list.base_generation, before.base_generation);
}

#[test]
fn a_write_pulses_and_its_deliveries_follow() {
    let mut scene = shop();
    let record = sample::write(
        NOW as u64,
        Actor::Control("replicaset-controller"),
        Verb::Create,
        sample::pod_key("ad-1"),
    );
    scene.take_record(&record, NOW);
    let mut dots = Vec::new();
    for i in 0..90 {
        let frame = scene.frame(NOW + 2e4 * f64::from(i), 0.0, view(), &Options::default());
        dots.push(
            frame
                .list
                .over
                .iter()
                .filter(|i| matches!(i.shape, Shape::Packet { .. }))
                .count(),
        );
    }
    // To the API server; on to etcd; and, while that is under way, to the scheduler, the endpointslice controller and the kubelet.
    let most = *dots.iter().max().unwrap();
    assert_eq!((dots[2], most, dots[89]), (1, 4, 0), "{dots:?}");
    assert!(
        !scene
            .frame(NOW + 5e6, 0.0, view(), &Options::default())
            .list
            .animating
    );
}

#[test]
fn nothing_is_drawn_while_time_stands_still_with_packets_in_flight() {
    let mut scene = shop();
    for record in sample::writes(NOW as u64) {
        scene.take_record(&record, NOW);
    }
    for trace in sample::traffic(NOW as u64) {
        scene.take_traces(std::iter::once(&trace), trace.start.0 as f64);
    }
    assert!(scene.frame(NOW, 0.0, view(), &Options::default()).changed);
    for i in 0..20 {
        let frame = scene.frame(NOW, 1e3 * f64::from(i), view(), &Options::default());
        assert!(!frame.changed && frame.list.over.len() > 50);
    }
    assert!(
        scene
            .frame(NOW + 1e4, 0.0, view(), &Options::default())
            .changed
    );
}

#[test]
fn layers_are_shown_apart() {
    let mut scene = shop();
    for record in sample::writes(NOW as u64) {
        scene.take_record(&record, NOW);
    }
    for trace in sample::traffic(NOW as u64) {
        scene.take_traces(std::iter::once(&trace), trace.start.0 as f64);
    }
    let mut count = |layer_control, layer_data| {
        let options = Options {
            layer_control,
            layer_data,
            ..Options::default()
        };
        let list = scene.frame(NOW, 0.0, view(), &options).list;
        list.over
            .iter()
            .filter(|i| matches!(i.shape, Shape::Packet { .. }))
            .count()
    };
    let (both, control, data, none) = (
        count(true, true),
        count(true, false),
        count(false, true),
        count(false, false),
    );
    assert!(control > 0 && data > 0);
    assert_eq!((both, none), (control + data, 0));
}

#[test]
fn a_node_that_is_off_dims_its_pods() {
    let mut scene = shop();
    let mut node = scene.model().nodes["node-1"].clone();
    node.powered = false;
    scene.model_mut().set_node(&"node-1".into(), node);
    let list = scene.frame(NOW, 0.0, view(), &Options::default()).list;
    let id = Thing::Pod(sample::pod_key("cart-5d9c7-q8d7s")).id();
    let alphas: Vec<f32> = list
        .base
        .iter()
        .filter(|i| i.thing == Some(id))
        .filter_map(|i| match &i.shape {
            Shape::Rect { fill, .. } => fill.map(|f| f.alpha),
            _ => None,
        })
        .collect();
    assert_eq!(alphas, [0.45]);
}

#[test]
fn the_next_step_of_a_ring_is_known() {
    let state = PodState::Leaving {
        since: Time(0),
        until: Time(12_000_000),
    };
    assert_eq!(state.ring(0.0), Some((0.0, 100_000.0)));
}

#[test]
fn a_cut_link_is_seen() {
    let mut scene = shop();
    let crosses = |scene: &mut Scene| {
        let list = scene.frame(NOW, 0.0, view(), &Options::default()).list;
        let none = list.base.iter().filter(|i| i.thing.is_none());
        none.filter(|i| matches!(i.shape, Shape::Icon { .. }))
            .count()
    };
    assert_eq!(crosses(&mut scene), 0);
    let cuts = [("node-1", "node-2"), ("control-plane", "node-3")];
    scene.model_mut().set_cuts(
        cuts.map(|(a, b)| (a.into(), b.into()))
            .into_iter()
            .collect(),
    );
    assert_eq!(crosses(&mut scene), 2);
}

#[test]
fn the_document_is_whole_and_shows_everything() {
    use podarium_scene::display::{Color, Message};
    use podarium_scene::svg::{Style, svg};
    let mut scene = shop();
    for trace in sample::traffic(NOW as u64) {
        scene.take_traces(std::iter::once(&trace), trace.start.0 as f64);
    }
    let (key, pod) = sample::pod("a<b&c", "odd", Some("node-1"), PodState::Ready);
    scene.model_mut().set_pod(&key, pod);
    scene.frame(NOW, 0.0, view(), &Options::default());
    let list = scene.frame(NOW, 1e3, view(), &Options::default()).list;
    let colors = Color::ALL.map(|c| ["var(--", c.token(), ")"].concat());
    let words = |m: &Message| m.id.to_owned();
    let document = svg(
        list,
        &Style {
            colors: &colors,
            words: &words,
            sans: "s",
            mono: "m",
        },
    );
    assert_eq!(
        document.matches("<text").count(),
        document.matches("</text>").count()
    );
    assert_eq!(
        document.matches("<svg").count(),
        document.matches("</svg>").count()
    );
    assert!(document.contains("a&lt;b&amp;c"));
    for number in ["NaN", "\"inf", " inf"] {
        assert!(!document.contains(number), "{number}");
    }
    assert!(document.contains("scene-fail-refused") && document.contains("var(--ready-tint)"));
}
