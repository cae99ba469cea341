//! Rows of pods as JSON, written from the form in which pods are kept: a cluster has many, and Tables are asked for often.
//!
//! Tests hold that they say what the way through values says.

use std::io::Write;

use podarium_api::meta::{Labels, Meta, Time};
use podarium_api::pod;
use serde::Serialize;

use super::pods::{self, Pod};

/// Writes the rows of a Table of pods, with commas between.
///
/// `version` is that of the metadata in each row, as `meta.k8s.io/v1`; none leaves it out.
pub fn rows<'a>(
    out: &mut Vec<u8>,
    pods: impl Iterator<Item = &'a pod::Pod>,
    now: Time,
    version: Option<&str>,
) {
    for (i, pod) in pods.enumerate() {
        if i > 0 {
            out.push(b',');
        }
        row(out, pod, now, version);
    }
}

fn row(out: &mut Vec<u8>, pod: &pod::Pod, now: Time, version: Option<&str>) {
    let spec = &pod.body.spec;
    let init: Vec<(&str, bool)> = (spec.init_containers.iter().flatten())
        .map(|c| {
            (
                c.name.as_str(),
                c.restart_policy.as_deref() == Some("Always"),
            )
        })
        .collect();
    let gates: Vec<&str> = (spec.readiness_gates.iter().flatten())
        .map(|gate| gate.condition_type.as_str())
        .collect();
    let seen = Pod {
        name: &pod.meta.name,
        created: pod.meta.created,
        terminating: pod.meta.is_terminating(),
        node: pod.body.node_name.as_deref().unwrap_or_default(),
        containers: spec.containers.len(),
        init: &init,
        gates: &gates,
        status: &pod.body.status,
    };
    put(out, r#"{"cells":"#);
    json(out, &pods::cells(&seen, now));
    if let Some(condition) = pods::condition(pod.body.status.phase) {
        put(out, r#","conditions":"#);
        json(out, &condition);
    }
    put(out, r#","object":"#);
    match version {
        None => put(out, "null"),
        Some(version) => {
            put(out, r#"{"apiVersion":"#);
            json(out, version);
            put(out, r#","kind":"PartialObjectMetadata","metadata":"#);
            metadata(out, &pod.meta);
            out.push(b'}');
        }
    }
    out.push(b'}');
}

/// What `Meta::to_value` says, in its order.
fn metadata(out: &mut Vec<u8>, meta: &Meta) {
    out.push(b'{');
    labels(out, "annotations", &meta.annotations);
    instant(out, "creationTimestamp", meta.created);
    if let Some(grace) = meta.deletion_grace {
        field(out, "deletionGracePeriodSeconds", &grace);
    }
    if let Some(at) = meta.deleted {
        instant(out, "deletionTimestamp", at);
    }
    if !meta.finalizers.is_empty() {
        field(out, "finalizers", &meta.finalizers);
    }
    if let Some(prefix) = &meta.generate_name {
        field(out, "generateName", &**prefix);
    }
    if meta.generation != 0 {
        field(out, "generation", &meta.generation);
    }
    labels(out, "labels", &meta.labels);
    if let Some(fields) = &meta.managed_fields {
        field(out, "managedFields", &**fields);
    }
    field(out, "name", &*meta.name);
    if !meta.namespace.is_empty() {
        field(out, "namespace", &*meta.namespace);
    }
    if !meta.owners().is_empty() {
        key(out, "ownerReferences");
        for (i, owner) in meta.owners().iter().enumerate() {
            out.push(if i == 0 { b'[' } else { b',' });
            out.push(b'{');
            field(out, "apiVersion", &*owner.api_version);
            for (name, holds) in [
                ("blockOwnerDeletion", owner.block_owner_deletion),
                ("controller", owner.controller),
            ] {
                if holds {
                    field(out, name, &true);
                }
            }
            field(out, "kind", &*owner.kind);
            field(out, "name", &*owner.name);
            shown(out, "uid", &owner.uid);
            out.push(b'}');
        }
        out.push(b']');
    }
    shown(out, "resourceVersion", &meta.resource_version);
    shown(out, "uid", &meta.uid);
    out.push(b'}');
}

fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

fn json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    serde_json::to_writer(out, value).expect("what the API keeps can always be written");
}

fn key(out: &mut Vec<u8>, name: &str) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
    out.push(b'"');
    put(out, name);
    put(out, "\":");
}

fn field<T: Serialize + ?Sized>(out: &mut Vec<u8>, name: &str, value: &T) {
    key(out, name);
    json(out, value);
}

/// A field whose text needs no escapes.
fn shown(out: &mut Vec<u8>, name: &str, value: &dyn std::fmt::Display) {
    key(out, name);
    write!(out, "\"{value}\"").expect("memory takes every byte");
}

fn instant(out: &mut Vec<u8>, name: &str, at: Time) {
    shown(out, name, &at.to_rfc3339());
}

fn labels(out: &mut Vec<u8>, name: &str, labels: &Labels) {
    for (i, (label, value)) in labels.iter().enumerate() {
        match i {
            0 => {
                key(out, name);
                out.push(b'{');
            }
            _ => out.push(b','),
        }
        json(out, label);
        out.push(b':');
        json(out, value);
    }
    if !labels.is_empty() {
        out.push(b'}');
    }
}
