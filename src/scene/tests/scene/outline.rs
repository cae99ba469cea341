//! The tree that a screen reader walks.

use expect_test::expect;
use podarium_cluster::sim::Arg;
use podarium_scene::display::{Content, Message, Shape};
use podarium_scene::{Options, Outline, Scene, View};

use crate::sample;

fn write(outline: &[Outline], depth: usize, out: &mut String) {
    for entry in outline {
        let words: Vec<String> = entry.words.iter().map(|m| show(m)).collect();
        out.push_str(&format!(
            "{}{} [{}]\n",
            "  ".repeat(depth),
            entry.name,
            words.join(", ")
        ));
        write(&entry.children, depth + 1, out);
    }
}

fn show(message: &Message) -> String {
    let args = message.args.iter().map(|(name, value)| match value {
        Arg::Int(n) => format!(" {name}={n}"),
        Arg::Text(t) => format!(" {name}={t}"),
    });
    message.id.trim_start_matches("scene-").to_owned() + &args.collect::<String>()
}

#[test]
fn the_shop_in_words() {
    let mut scene = Scene::new();
    sample::shop(scene.model_mut());
    let mut text = String::new();
    write(&scene.outline(), 0, &mut text);
    expect![[r#"
         [control-plane]
          etcd []
          API server []
          scheduler []
          deployment []
          replicaset []
          endpointslice []
          node lifecycle []
          garbage collector []
          namespace []
          serviceaccount []
          taint-eviction []
         [services]
           [visitors]
          web [service-load-balancer, endpoints ready=4 total=4]
          cart [service, endpoints ready=2 total=2]
          checkout [service, endpoints ready=0 total=1]
          payments [service, endpoints ready=1 total=2]
          recommendationservice [service, endpoints ready=0 total=1]
          redis-cart [service-headless, endpoints ready=1 total=1]
          kubernetes [service, endpoints ready=1 total=1]
          kube-dns [service, endpoints ready=2 total=2]
        zone-a [zone]
          node-1 [node, node-ready, pods count=6]
            web-7f4c9d5b8-2xk9p [state-ready]
            cart-5d9c7-q8d7s [state-ready]
            coredns-6c4d-1 [state-ready]
            loadgenerator-1 [state-ready]
            checkout-1 [state-not-ready]
            redis-cart-1 [state-ready]
            kubelet []
            kube-proxy []
          node-3 [node, node-ready, pods count=7]
            web-7f4c9d5b8-9wq4z [state-ready]
            frontend-1 [state-ready]
            web-7f4c9d5b8-hx7lm [state-starting]
            payments-1 [state-crash-loop, status status=CrashLoopBackOff, restarts count=4]
            email-1 [state-trouble]
            ad-1 [state-ready]
            report-1 [state-completed]
            kubelet []
            kube-proxy []
        zone-b [zone]
          node-2 [node, node-ready, pods count=7]
            web-7f4c9d5b8-pl2vd [state-ready]
            cart-5d9c7-b7d2w [state-ready]
            coredns-6c4d-2 [state-ready]
            web-6d8f7-tz8rn [state-leaving]
            ship-1 [state-ready]
            rec-1 [state-starting]
            cur-1 [state-ready]
            kubelet []
            kube-proxy []
         [waiting]
          ml-train-x2v5k [state-pending]
    "#]]
    .assert_eq(&text);
}

#[test]
fn the_revision_is_seen_but_not_told_again() {
    let mut scene = Scene::new();
    sample::shop(scene.model_mut());
    let told = scene.outline_generation();
    scene.model_mut().set_revision(9_999);
    assert_eq!(scene.outline_generation(), told);
    let view = View::new(757.0, 757.0);
    scene.frame(0.0, 0.0, view, &Options::default());
    scene.model_mut().set_revision(10_000);
    assert!(scene.frame(0.0, 0.0, view, &Options::default()).changed);
    scene
        .model_mut()
        .remove_service(&sample::service_key("default", "cart"));
    assert!(scene.outline_generation() > told);
}

/// Every message id that the crate's sources name; found by their common beginning.
fn ids() -> Vec<&'static str> {
    const SOURCES: &[&str] = &[
        include_str!("../../outline.rs"),
        include_str!("../../model/pod.rs"),
        include_str!("../../layout/column.rs"),
        include_str!("../../layout/grid.rs"),
        include_str!("../../layout/strip.rs"),
        include_str!("../../paint/base.rs"),
        include_str!("../../paint/node.rs"),
        include_str!("../../paint/services.rs"),
        include_str!("../../traffic/mod.rs"),
    ];
    let quoted = SOURCES.iter().flat_map(|s| s.split('"').skip(1).step_by(2));
    let mut ids: Vec<_> = quoted.filter(|s| s.starts_with("scene-")).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[test]
fn a_cut_link_is_told_at_both_its_ends() {
    let mut scene = Scene::new();
    sample::shop(scene.model_mut());
    let told = scene.outline_generation();
    let cuts = [("control-plane", "node-1"), ("node-1", "node-2")];
    let cuts = cuts.map(|(a, b)| (a.into(), b.into()));
    scene.model_mut().set_cuts(cuts.into_iter().collect());
    assert_ne!(scene.outline_generation(), told);
    let mut text = String::new();
    write(&scene.outline(), 0, &mut text);
    let nodes: Vec<_> = text
        .lines()
        .map(str::trim)
        .filter(|l| l.contains("[node,"))
        .collect();
    expect![[r#"
          node-1 [node, node-ready, node-cut name=control-plane, node-cut name=node-2, pods count=6]
          node-3 [node, node-ready, pods count=7]
          node-2 [node, node-ready, node-cut name=node-1, pods count=7]"#]]
    .assert_eq(&nodes.join("\n"));
}

#[test]
fn every_message_has_words_and_all_words_are_used() {
    let words = include_str!("../../../app/i18n/en/scene.ftl");
    let mut defined: Vec<&str> = words
        .lines()
        .filter_map(|l| l.split_once(" = "))
        .map(|(id, _)| id)
        .filter(|id| id.starts_with("scene-"))
        .collect();
    defined.sort_unstable();
    assert_eq!(defined, ids());
}

#[test]
fn the_list_itself_says_names_and_numbers_only() {
    let mut scene = Scene::new();
    sample::shop(scene.model_mut());
    let list = scene
        .frame(0.0, 0.0, View::new(757.0, 757.0), &Options::default())
        .list;
    let plain: Vec<_> = list
        .items()
        .filter_map(|i| match &i.shape {
            Shape::Text(t) => match &t.content {
                Content::Plain(text) => Some(text.to_string()),
                Content::Message(_) => None,
            },
            _ => None,
        })
        .collect();
    let sentences: Vec<_> = plain.iter().filter(|t| t.split(' ').count() > 2).collect();
    // The cluster's own sentence about what waits, in the two lines that it takes.
    assert_eq!(sentences.len(), 2, "{sentences:?}");
}
