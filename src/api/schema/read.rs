//! Reading the committed table of fields. It is ours and tested, so a mistake in it is a panic that names the line.

use super::{Field, ListKind, Schema, Shape, Type, TypeId, Wrap};
use crate::kinds::KINDS;
use crate::sort;

pub(super) fn read(text: &'static str) -> Schema {
    let lines = || text.lines().filter(|line| !line.starts_with('#'));
    // Names first, for fields refer to types further down.
    let is_type = |line: &&str| !line.starts_with([' ', '=']);
    let mut names: Vec<(&str, TypeId)> = Vec::new();
    for line in lines().filter(is_type) {
        let id = TypeId(u16::try_from(names.len()).expect("fewer than 65,536 types"));
        names.push((line.split(' ').next().unwrap_or(line), id));
    }
    sort::natural(&mut names);
    let find = |name: &str| {
        let at = names.binary_search_by(|(had, _)| (*had).cmp(name));
        names[at.unwrap_or_else(|_| panic!("fields.txt: no type {name}"))].1
    };

    let mut schema = Schema {
        types: Vec::with_capacity(names.len()),
        kinds: Vec::new(),
        by_kind: Vec::new(),
    };
    for line in lines() {
        let mut words = line.split(' ');
        let first = words.next().unwrap_or_default();
        let mut word = || words.next().unwrap_or_else(|| panic!("fields.txt: {line}"));
        match first {
            "=" => {
                let (api_version, kind) = (word(), word());
                schema.kinds.push((api_version, kind, find(word())));
            }
            "" => {
                let field = field(word(), word(), words, &find);
                schema
                    .types
                    .last_mut()
                    .expect("a field stands below its type")
                    .fields
                    .push(field);
            }
            name => {
                let atomic = words.next() == Some("atomic");
                schema.types.push(Type {
                    name,
                    fields: Vec::new(),
                    atomic,
                });
            }
        }
    }
    for row in KINDS {
        let known = schema
            .kinds
            .iter()
            .find(|(v, k, _)| *k == row.kind && row.is_api_version(v));
        schema.by_kind.push(
            known
                .unwrap_or_else(|| panic!("fields.txt: no kind {}", row.kind))
                .2,
        );
    }
    schema
}

fn field(
    name: &'static str,
    written: &'static str,
    marks: impl Iterator<Item = &'static str>,
    find: &impl Fn(&str) -> TypeId,
) -> Field {
    let (written, required) = written
        .strip_suffix('!')
        .map_or((written, false), |rest| (rest, true));
    let (wrap, inner) = match written {
        w if w.starts_with("{}[]") => (Wrap::MapOfLists, &w[4..]),
        w if w.starts_with("{}") => (Wrap::Map, &w[2..]),
        w if w.starts_with("[]") => (Wrap::List, &w[2..]),
        w => (Wrap::One, w),
    };
    let shape = match inner {
        "string" => Shape::String,
        "int32" => Shape::Int32,
        "int64" => Shape::Int64,
        "bool" => Shape::Bool,
        "double" => Shape::Double,
        "bytes" => Shape::Bytes,
        "time" => Shape::Time,
        "microtime" => Shape::MicroTime,
        "quantity" => Shape::Quantity,
        "intstr" => Shape::IntOrString,
        "any" => Shape::Any,
        name => Shape::Object(find(name)),
    };
    let mut field = Field {
        name,
        shape,
        wrap,
        required,
        list: ListKind::Atomic,
        atomic: false,
        granular: false,
        merge: None,
        retain_keys: false,
    };
    for mark in marks {
        match mark.split_once('=').unwrap_or((mark, "")) {
            ("keys", keys) => {
                // The table lives as long as the program, and so do its few key lists.
                field.list = ListKind::Map(Vec::leak(keys.split(',').collect()));
            }
            ("set", _) => field.list = ListKind::Set,
            ("atomic", _) => field.atomic = true,
            ("granular", _) => field.granular = true,
            ("merge", key) => field.merge = Some(key),
            ("retain", _) => field.retain_keys = true,
            (other, _) => panic!("fields.txt: mark {other} of {name}"),
        }
    }
    field
}
