//! Lives that must be the same: in other slices, after a seek, and (with `tests/browser.rs`) in a browser.

use podarium_api::meta::{Span, Time};
use podarium_cluster::sim::Component;
use podarium_cluster::{Cluster, Command};

use crate::scenario::{self, DIGEST, digest, live};

/// Everything that can be told of a cluster: its log, and every object as the API prints it.
fn portrait(cluster: &Cluster) -> String {
    let mut text = cluster.world().log().to_text();
    for kind in podarium_api::kinds::KINDS {
        for object in cluster.world().store().list(kind.id) {
            text += &object.to_value().to_string();
            text.push('\n');
        }
    }
    text
}

#[test]
fn slices_do_not_matter() {
    let whole = live(3, u64::MAX, 120);
    for budget in [1, 7, 1_000] {
        assert_eq!(
            portrait(&live(3, budget, 120)),
            portrait(&whole),
            "in slices of {budget}"
        );
    }
}

#[test]
fn another_seed_is_another_life() {
    assert_ne!(
        portrait(&live(3, u64::MAX, 60)),
        portrait(&live(4, u64::MAX, 60))
    );
}

/// The same digest stands in the browser's tests, so both are this life. `UPDATE_EXPECT=1` writes it anew.
#[test]
fn this_life_is_the_browsers_too() {
    let text = digest(&live(1, u64::MAX, 300).world().log().to_text());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write("tests/shared/scenario.digest", &text).unwrap();
        return;
    }
    assert_eq!(
        text, DIGEST,
        "behaviour has changed: look, then run with UPDATE_EXPECT=1"
    );
}

#[test]
fn seeking_is_running() {
    let mut cluster = live(5, u64::MAX, 300);
    for seconds in [299, 120, 45, 20, 3, 0, 90, 210, 300] {
        let time = Time(0) + Span::secs(seconds);
        cluster.seek(time);
        let mut again = Cluster::new(cluster.config().clone());
        for (at, happen) in scenario::inputs() {
            if at > seconds {
                break;
            }
            again.advance(Time(0) + Span::secs(at), u64::MAX);
            happen(&mut again);
        }
        again.advance(time, u64::MAX);
        assert_eq!(portrait(&cluster), portrait(&again), "at {seconds} s");
    }
}

#[test]
fn a_step_back_undoes_a_step() {
    let mut cluster = live(2, u64::MAX, 30);
    let mut portraits = vec![portrait(&cluster)];
    for _ in 0..12 {
        assert!(cluster.step_back());
        portraits.push(portrait(&cluster));
    }
    portraits.pop();
    while portraits.len() > 1 {
        assert!(cluster.step(Time(u64::MAX)));
        portraits.pop();
    }
    assert!(!portraits.is_empty());
    let mut fresh = Cluster::new(cluster.config().clone());
    while fresh.step_back() {}
    assert!(!fresh.step_back(), "there is nothing before the beginning");
}

#[test]
fn steps_in_slices_are_the_same_steps() {
    let (mut whole, mut sliced) = (live(2, u64::MAX, 30), live(2, u64::MAX, 30));
    for budget in [1, 7, 1_000] {
        assert!(whole.step_back());
        let mut way = sliced.back().expect("much has happened");
        let mut slices = 1;
        while !sliced.go_back(&mut way, budget) {
            slices += 1;
        }
        assert!(budget > 1 || slices > 10, "{slices} slices of {budget}");
        assert_eq!(portrait(&sliced), portrait(&whole), "slices of {budget}");
        assert_eq!(sliced.point(), whole.point());
    }
    for budget in [1, 7, 1_000] {
        assert!(whole.step(Time(u64::MAX)));
        while sliced.step_within(Time(u64::MAX), budget) != Some(true) {}
        assert_eq!(portrait(&sliced), portrait(&whole), "slices of {budget}");
    }
    // Nothing is due so soon: the answer is no, whatever the budget.
    let now = whole.now();
    assert_eq!(
        sliced.step_within(now, 1_000),
        Some(whole.step_within(now, u64::MAX).unwrap())
    );
}

#[test]
fn a_blank_cluster_has_nothing_and_does_nothing() {
    let mut blank = Cluster::blank();
    assert_eq!(portrait(&blank), "");
    assert!(blank.advance(Time(60_000_000), u64::MAX).reached);
    assert!(!blank.step(Time(u64::MAX)) && !blank.step_back());
    assert_eq!(portrait(&blank), "");
}

#[test]
fn a_command_in_the_past_is_another_future() {
    let mut cluster = live(5, u64::MAX, 100);
    cluster.seek(Time(0) + Span::secs(30));
    assert!(cluster.has_future());
    let mut fork = cluster.clone();
    fork.command(Command::Stop(Component::Node("node-1".into())));
    assert!(!fork.has_future());
    fork.advance(Time(0) + Span::secs(100), u64::MAX);
    cluster.advance(Time(0) + Span::secs(100), u64::MAX);
    assert_eq!(portrait(&cluster), portrait(&live(5, u64::MAX, 100)));
    assert_ne!(portrait(&fork), portrait(&cluster));
}
