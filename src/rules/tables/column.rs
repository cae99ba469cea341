//! A column of a Table: what it is called, and how its cell is made of an object.

use serde_json::{Value, json};

use super::seen::Seen;

/// One column.
pub struct Column {
    /// As kubectl prints it, in upper case.
    pub name: &'static str,
    /// `string`, `integer`, `boolean` or `date`.
    pub kind: &'static str,
    /// `name` for the column that names the object.
    pub format: &'static str,
    /// A sentence.
    pub description: &'static str,
    /// Whether only `-o wide` shows it.
    pub wide: bool,
    /// What stands in it.
    pub cell: Cell,
}

/// How a cell is made. Paths are fields' names with dots between; a text that is absent is empty.
pub enum Cell {
    /// The text at a path.
    Text(&'static str),
    /// The text at a path, or another where there is none.
    TextOr(&'static str, &'static str),
    /// The number at a path, or 0.
    Int(&'static str),
    /// The truth value at a path, or another.
    Bool(&'static str, bool),
    /// How many items the lists and maps at these paths have.
    Count(&'static [&'static str]),
    /// The texts of a list, joined by commas.
    Join(&'static str),
    /// How long ago the instant at a path was, or a text where there is none.
    Since(&'static str, &'static str),
    /// Something of its own.
    Own(fn(&Seen) -> Value),
}

impl Column {
    /// A column of texts.
    pub const fn text(name: &'static str, description: &'static str, cell: Cell) -> Column {
        Column {
            name,
            kind: "string",
            format: "",
            description,
            wide: false,
            cell,
        }
    }

    /// A column of numbers.
    pub const fn int(name: &'static str, description: &'static str, cell: Cell) -> Column {
        let text = Column::text(name, description, cell);
        Column {
            kind: "integer",
            ..text
        }
    }

    /// A column of truth values.
    pub const fn flag(name: &'static str, description: &'static str, cell: Cell) -> Column {
        let text = Column::text(name, description, cell);
        Column {
            kind: "boolean",
            ..text
        }
    }

    /// The same column, for `-o wide` only.
    pub const fn wide(self) -> Column {
        Column { wide: true, ..self }
    }

    /// The same column as one that names something.
    pub const fn naming(self) -> Column {
        Column {
            format: "name",
            ..self
        }
    }

    /// The definition, as Tables carry it.
    pub fn definition(&self) -> Value {
        json!({
            "name": self.name, "type": self.kind, "format": self.format, "description": self.description,
            "priority": i32::from(self.wide),
        })
    }
}

impl Cell {
    /// The cell of an object.
    pub fn of(&self, seen: &Seen) -> Value {
        match self {
            Cell::Text(path) => seen.text(path).into(),
            Cell::TextOr(path, other) => match seen.text(path) {
                "" => (*other).into(),
                text => text.into(),
            },
            Cell::Int(path) => seen.int(path).into(),
            Cell::Bool(path, other) => seen.at(path).as_bool().unwrap_or(*other).into(),
            Cell::Count(paths) => paths.iter().map(|p| seen.count(p)).sum::<usize>().into(),
            Cell::Join(path) => seen.join(path, ",").into(),
            Cell::Since(path, other) => seen.since(path).unwrap_or_else(|| (*other).into()).into(),
            Cell::Own(make) => make(seen),
        }
    }
}

/// What names an object.
pub const NAME: &str = "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";
/// When an object was made.
pub const CREATED: &str = "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

/// The first column of nearly every Table.
pub const fn name() -> Column {
    Column::text("Name", NAME, Cell::Text("metadata.name")).naming()
}

/// How old the object is.
pub const fn age() -> Column {
    Column::text(
        "Age",
        CREATED,
        Cell::Since("metadata.creationTimestamp", "<unknown>"),
    )
}
