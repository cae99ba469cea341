//! Where things are: stable slots, nothing over anything else, everything within what holds it.

use expect_test::expect;
use podarium_scene::layout::{Layout, Level, Place};
use podarium_scene::model::{Model, PodState, ServiceType};
use podarium_scene::{Direction, Options, Point, Rect, Scene, Thing, View};

use crate::sample;

fn shop() -> Model {
    let mut model = Model::default();
    sample::shop(&mut model);
    model
}

fn at(layout: &Layout, thing: Thing) -> Rect {
    layout.place(thing.id()).expect("it has a place").rect
}

fn pod_rects(layout: &Layout) -> Vec<(String, Rect)> {
    let pods = layout.places.iter().filter_map(|p| match &p.thing {
        Thing::Pod(key) => Some((key.name.to_string(), p.rect)),
        _ => None,
    });
    pods.collect()
}

/// Everything within what holds it, and nothing over its neighbours.
fn check(model: &Model, layout: &Layout) {
    let stage = Rect::new(0.0, 0.0, layout.width, layout.height);
    let pods = pod_rects(layout);
    for (i, (name, rect)) in pods.iter().enumerate() {
        for (other, second) in &pods[..i] {
            assert!(
                !rect.overlaps(*second),
                "{name} {rect:?} over {other} {second:?}"
            );
        }
    }
    let mut boxes = Vec::new();
    for place in &layout.places {
        assert!(
            stage.encloses(place.rect),
            "{:?} is outside: {:?} of {stage:?}",
            place.thing,
            place.rect
        );
        let holder = match &place.thing {
            Thing::Pod(key) => model.pods[key].node.clone().map(Thing::Node),
            Thing::Kubelet(node) | Thing::KubeProxy(node) => Some(Thing::Node(node.clone())),
            Thing::Node(name) => Some(Thing::Zone(model.nodes[name].zone.clone())),
            _ => {
                boxes.push(place);
                None
            }
        };
        if let Some(holder) = holder {
            let outer = at(layout, holder);
            assert!(
                outer.encloses(place.rect),
                "{:?} {:?} is not in {outer:?}",
                place.thing,
                place.rect
            );
        }
    }
    for (i, a) in boxes.iter().enumerate() {
        for b in &boxes[..i] {
            assert!(!a.rect.overlaps(b.rect), "{:?} over {:?}", a.thing, b.thing);
        }
    }
    for name in model.nodes.keys() {
        let (kubelet, proxy) = (
            at(layout, Thing::Kubelet(name.clone())),
            at(layout, Thing::KubeProxy(name.clone())),
        );
        assert!(!kubelet.overlaps(proxy));
        for (pod, rect) in &pods {
            assert!(
                !rect.overlaps(kubelet) && !rect.overlaps(proxy),
                "{pod} over the processes of {name}"
            );
        }
    }
}

#[test]
fn everything_has_room_on_every_canvas() {
    for (width, height) in [
        (757.0, 757.0),
        (360.0, 640.0),
        (390.0, 844.0),
        (480.0, 584.0),
        (560.0, 500.0),
        (1024.0, 600.0),
        (1920.0, 1080.0),
    ] {
        let model = shop();
        check(&model, &Layout::compute(&model, width, height, None));
        for (nodes, pods) in [(1, 0), (1, 40), (3, 60), (6, 100), (12, 300), (60, 3_000)] {
            let mut model = Model::default();
            sample::crowd(&mut model, nodes, pods, 3);
            check(&model, &Layout::compute(&model, width, height, None));
        }
    }
}

#[test]
fn a_cluster_of_nothing_has_a_stage() {
    let model = Model::default();
    let layout = Layout::compute(&model, 757.0, 757.0, None);
    assert!(layout.places.iter().all(|p| p.thing == Thing::Internet));
    assert_eq!((layout.width, layout.height), (757.0, 757.0));
}

#[test]
fn pods_are_packed_more_closely_as_they_get_more() {
    let level = |nodes, pods| {
        let mut model = Model::default();
        sample::crowd(&mut model, nodes, pods, 2);
        Layout::compute(&model, 757.0, 757.0, None).packing
    };
    let found = [(3, 20), (3, 40), (3, 90), (6, 200), (12, 300), (40, 2_000)].map(|(n, p)| {
        let packing = level(n, p);
        format!("{n} nodes, {p} pods: {:?} {}", packing.level, packing.slot)
    });
    expect![[r#"
        3 nodes, 20 pods: Large 52
        3 nodes, 40 pods: Medium 52
        3 nodes, 90 pods: Medium 44
        6 nodes, 200 pods: Small 21
        12 nodes, 300 pods: Heat 14
        40 nodes, 2000 pods: Heat 7"#]]
    .assert_eq(&found.join("\n"));
}

#[test]
fn pods_have_names_while_there_is_room_for_them() {
    // The stage of a window of 1440 by 900, and of one of 1024 by 768.
    for (width, height, most) in [(780.0, 742.0, 36), (480.0, 584.0, 21)] {
        for pods in 1..=most {
            let mut model = Model::default();
            sample::crowd(&mut model, 3, pods, 2);
            let layout = Layout::compute(&model, width, height, None);
            let narrowest = pod_rects(&layout)
                .iter()
                .map(|(_, r)| r.w)
                .fold(f32::INFINITY, f32::min);
            assert!(narrowest >= 44.0, "{pods} pods on {width}: {narrowest}");
        }
    }
}

#[test]
fn many_services_leave_the_nodes_in_sight() {
    let mut model = Model::default();
    sample::crowd(&mut model, 3, 24, 2);
    for name in [
        "adservice",
        "cartservice",
        "checkoutservice",
        "currencyservice",
        "emailservice",
        "frontend",
        "productcatalogservice",
        "recommendationservice",
        "redis-cart",
    ] {
        let kind = ServiceType::ClusterIp;
        sample::service(&mut model, "default", name, kind, "10.96.0.9", 1, 1);
    }
    let in_sight = |layout: &Layout, height: f32, wanted: fn(&Thing) -> bool| {
        let inside = |p: &&Place| wanted(&p.thing) && p.rect.bottom() <= height;
        layout.places.iter().filter(inside).count()
    };
    // On the stage of a window of 1024 by 768 all of them, on a phone the first pods at least.
    for (width, height, nodes, pods) in [(480.0, 584.0, 3, 24), (390.0, 625.0, 0, 5)] {
        let layout = Layout::compute(&model, width, height, None);
        check(&model, &layout);
        let seen = |wanted| in_sight(&layout, height, wanted);
        assert_eq!(seen(|t| matches!(t, Thing::Service(_))), 17, "on {width}");
        assert!(seen(|t| matches!(t, Thing::Node(_))) >= nodes, "on {width}");
        assert!(seen(|t| matches!(t, Thing::Pod(_))) >= pods, "on {width}");
    }
}

#[test]
fn the_shop_on_a_laptop() {
    let model = shop();
    let layout = Layout::compute(&model, 757.0, 757.0, None);
    let lines: Vec<String> = layout
        .places
        .iter()
        .map(|p| {
            format!(
                "{:?} {} {} {} {}",
                p.thing,
                p.rect.x.round(),
                p.rect.y.round(),
                p.rect.w.round(),
                p.rect.h.round()
            )
        })
        .collect();
    expect![[r#"
        ControlPlane(Controller("deployment-controller")) 393 47 109 22
        ControlPlane(Controller("replicaset-controller")) 508 47 99 22
        ControlPlane(Controller("endpointslice-controller")) 612 47 118 22
        ControlPlane(Controller("node-lifecycle-controller")) 393 75 137 22
        ControlPlane(Controller("garbage-collector-controller")) 536 75 156 22
        ControlPlane(Controller("namespace-controller")) 698 75 8 22
        ControlPlane(Controller("serviceaccount-controller")) 710 75 8 22
        ControlPlane(Controller("taint-eviction-controller")) 722 75 8 22
        ControlPlane(Etcd) 20 49 76 46
        ControlPlane(ApiServer) 122 49 124 46
        ControlPlane(Scheduler) 272 49 92 46
        Internet 20 150 152 44
        Service(Key { kind: Service, namespace: "default", name: "web" }) 20 240 152 46
        Service(Key { kind: Service, namespace: "default", name: "cart" }) 20 298 152 46
        Service(Key { kind: Service, namespace: "default", name: "checkout" }) 20 356 152 46
        Service(Key { kind: Service, namespace: "default", name: "payments" }) 20 414 152 46
        Service(Key { kind: Service, namespace: "default", name: "recommendationservice" }) 20 472 152 46
        Service(Key { kind: Service, namespace: "default", name: "redis-cart" }) 20 530 152 46
        Service(Key { kind: Service, namespace: "default", name: "kubernetes" }) 20 588 152 46
        Service(Key { kind: Service, namespace: "kube-system", name: "kube-dns" }) 20 646 152 46
        Zone("zone-a") 198 130 539 254
        Node("node-1") 210 158 252 214
        Kubelet("node-1") 222 338 64 22
        KubeProxy("node-1") 294 338 82 22
        Pod(Key { kind: Pod, namespace: "default", name: "web-7f4c9d5b8-2xk9p" }) 222 216 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "cart-5d9c7-q8d7s" }) 280 216 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "coredns-6c4d-1" }) 338 216 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "loadgenerator-1" }) 396 216 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "checkout-1" }) 222 274 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "redis-cart-1" }) 280 274 52 52
        Node("node-3") 474 158 252 214
        Kubelet("node-3") 486 338 64 22
        KubeProxy("node-3") 558 338 82 22
        Pod(Key { kind: Pod, namespace: "default", name: "web-7f4c9d5b8-9wq4z" }) 486 216 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "frontend-1" }) 544 216 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "web-7f4c9d5b8-hx7lm" }) 602 216 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "payments-1" }) 660 216 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "email-1" }) 486 274 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "ad-1" }) 544 274 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "report-1" }) 602 274 52 52
        Zone("zone-b") 198 398 539 254
        Node("node-2") 210 426 252 214
        Kubelet("node-2") 222 605 64 22
        KubeProxy("node-2") 294 605 82 22
        Pod(Key { kind: Pod, namespace: "default", name: "web-7f4c9d5b8-pl2vd" }) 222 484 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "cart-5d9c7-b7d2w" }) 280 484 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "coredns-6c4d-2" }) 338 484 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "web-6d8f7-tz8rn" }) 396 484 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "ship-1" }) 222 542 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "rec-1" }) 280 542 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "cur-1" }) 338 542 52 52
        Pod(Key { kind: Pod, namespace: "default", name: "ml-train-x2v5k" }) 198 687 44 44"#]].assert_eq(&lines.join("\n"));
}

#[test]
fn a_pod_keeps_its_slot_while_others_come_and_go() {
    let mut model = shop();
    let size = (757.0, 757.0);
    let mut layout = Layout::compute(&model, size.0, size.1, None);
    let mut before = pod_rects(&layout);
    for i in 0..40 {
        // One goes, one comes: a rolling update without end.
        let gone = if i == 0 {
            "cart-5d9c7-q8d7s".to_owned()
        } else {
            format!("new-{}", i - 1)
        };
        model.remove_pod(&sample::pod_key(&gone));
        let (key, pod) = sample::pod(
            "cart",
            &format!("new-{i}"),
            Some("node-1"),
            PodState::Starting(0.1),
        );
        model.set_pod(&key, pod);
        layout = Layout::compute(&model, size.0, size.1, Some(&layout));
        let after = pod_rects(&layout);
        let moved: Vec<_> = before
            .iter()
            .filter(|(name, rect)| after.iter().any(|(n, r)| n == name && r != rect))
            .collect();
        assert!(moved.is_empty(), "{moved:?}");
        before = after;
        check(&model, &layout);
    }
    assert_eq!(model.slots(Some(&"node-1".into())).len(), 6);
}

#[test]
fn packing_does_not_go_to_and_fro() {
    let mut model = Model::default();
    sample::crowd(&mut model, 3, 9, 2);
    let mut layout = Layout::compute(&model, 757.0, 757.0, None);
    let mut changes = Vec::new();
    // Fill until pods are packed more closely, then let one come and go.
    let mut n = 0;
    while layout.packing.level == Level::Large {
        let (key, pod) = sample::pod("web", &format!("more-{n}"), Some("node-1"), PodState::Ready);
        model.set_pod(&key, pod);
        layout = Layout::compute(&model, 757.0, 757.0, Some(&layout));
        n += 1;
        assert!(n < 100);
    }
    for _ in 0..4 {
        let key = sample::pod_key(&format!("more-{}", n - 1));
        let pod = model.pods[&key].clone();
        model.remove_pod(&key);
        layout = Layout::compute(&model, 757.0, 757.0, Some(&layout));
        changes.push(layout.packing);
        model.set_pod(&key, pod);
        layout = Layout::compute(&model, 757.0, 757.0, Some(&layout));
        changes.push(layout.packing);
    }
    changes.dedup();
    assert_eq!(changes.len(), 1, "{changes:?}");
}

#[test]
fn what_has_no_room_is_counted() {
    let mut model = Model::default();
    sample::crowd(&mut model, 500, 500, 5);
    for i in 0..60 {
        sample::service(
            &mut model,
            "default",
            &format!("s-{i}"),
            ServiceType::ClusterIp,
            "10.96.0.9",
            1,
            1,
        );
    }
    let layout = Layout::compute(&model, 757.0, 757.0, None);
    let omitted: Vec<_> = layout
        .omitted
        .iter()
        .map(|o| (o.message, o.shown, o.total))
        .collect();
    expect![[r#"[("scene-omitted-services", 18, 68), ("scene-omitted-nodes", 400, 500)]"#]]
        .assert_eq(&format!("{omitted:?}"));
    check_services(&layout);
}

fn check_services(layout: &Layout) {
    let shown = layout
        .places
        .iter()
        .filter(|p| matches!(p.thing, Thing::Service(_)));
    let bottom = shown.map(|p| p.rect.bottom()).fold(0.0, f32::max);
    assert!((300.0..=757.0).contains(&bottom));
}

#[test]
fn the_middle_of_a_pod_is_that_pod_wherever_one_looks() {
    let mut scene = Scene::new();
    sample::shop(scene.model_mut());
    for (zoom, pan) in [
        (1.0, Point::new(0.0, 0.0)),
        (2.5, Point::new(-300.0, -120.0)),
        (0.5, Point::new(40.0, 9.0)),
    ] {
        let view = View {
            zoom,
            pan,
            ..View::new(757.0, 757.0)
        };
        scene.frame(0.0, 0.0, view, &Options::default());
        let keys: Vec<_> = scene.model().pods.keys().cloned().collect();
        assert_eq!(keys.len(), 21);
        for key in keys {
            let thing = Thing::Pod(key);
            let middle = scene.anchor(&thing).unwrap().center();
            assert_eq!(scene.hit(middle.x, middle.y), Some(thing.clone()));
            assert_eq!(scene.thing(thing.id()), Some(thing));
        }
    }
    assert_eq!(scene.hit(-5.0, -5.0), None);
}

#[test]
fn arrow_keys_go_to_neighbours() {
    let mut scene = Scene::new();
    sample::shop(scene.model_mut());
    scene.frame(0.0, 0.0, View::new(757.0, 757.0), &Options::default());
    let pod = |name: &str| Thing::Pod(sample::pod_key(name));
    let service = |name: &str| Thing::Service(sample::service_key("default", name));
    let first = pod("web-7f4c9d5b8-2xk9p");
    let cases = [
        (&first, Direction::Right, Some(pod("cart-5d9c7-q8d7s"))),
        (&first, Direction::Down, Some(pod("checkout-1"))),
        (
            &pod("loadgenerator-1"),
            Direction::Right,
            Some(pod("web-7f4c9d5b8-9wq4z")),
        ),
        (&service("web"), Direction::Up, Some(Thing::Internet)),
        (&service("web"), Direction::Down, Some(service("cart"))),
        (&service("cart"), Direction::Left, None),
    ];
    for (from, direction, to) in cases {
        assert_eq!(scene.next(from, direction), to, "{from:?} {direction:?}");
    }
    // Every leaf can be reached from the first pod.
    let mut seen = vec![first];
    let mut i = 0;
    while i < seen.len() {
        for direction in [
            Direction::Left,
            Direction::Right,
            Direction::Up,
            Direction::Down,
        ] {
            if let Some(next) = scene
                .next(&seen[i], direction)
                .filter(|n| !seen.contains(n))
            {
                seen.push(next);
            }
        }
        i += 1;
    }
    let leaves = scene
        .layout()
        .places
        .iter()
        .filter(|p| !matches!(p.thing, Thing::Zone(_) | Thing::Node(_)));
    let lost: Vec<_> = leaves
        .filter(|p| !seen.contains(&p.thing))
        .map(|p| &p.thing)
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}
