//! The fields of every kind: name, type, and how lists and maps merge. Read once, on first use, from `fields.txt`; in the
//! page, whose first load has no room for it, when it arrives with the rules.

mod read;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use crate::kinds::KindId;

/// Number of a type in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TypeId(u16);

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any text.
    String,
    /// An integer of 32 bits.
    Int32,
    /// An integer of 64 bits.
    Int64,
    /// `true` or `false`.
    Bool,
    /// A floating-point number.
    Double,
    /// Bytes in base64.
    Bytes,
    /// An RFC 3339 moment.
    Time,
    /// An RFC 3339 moment with microseconds.
    MicroTime,
    /// A resource quantity: text or number.
    Quantity,
    /// An integer of 32 bits, or text.
    IntOrString,
    /// Anything at all, as an embedded object or a JSON schema's default.
    Any,
    /// An object with known fields.
    Object(TypeId),
}

/// What stands around the values of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
    /// One value.
    One,
    /// A list of values.
    List,
    /// A map from text to values.
    Map,
    /// A map from text to lists of values.
    MapOfLists,
}

/// How a list is told apart by server-side apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// As one value.
    Atomic,
    /// By its values.
    Set,
    /// By these keys of its objects.
    Map(&'static [&'static str]),
}

/// One field of a type.
#[derive(Debug)]
pub struct Field {
    /// As it is written.
    pub name: &'static str,
    /// Type of the value, or of the values in the list or map.
    pub shape: Shape,
    /// Whether the value is a list or a map of those.
    pub wrap: Wrap,
    /// Whether the published definitions call it required.
    pub required: bool,
    /// How server-side apply merges the list.
    pub list: ListKind,
    /// Whether server-side apply replaces the map or object as one value.
    pub atomic: bool,
    /// Whether server-side apply looks into the object though its type says one value.
    pub granular: bool,
    /// Strategic merge patch: `Some("")` merges a list of plain values, `Some(key)` a list of objects by that key,
    /// `None` replaces the list.
    pub merge: Option<&'static str>,
    /// Strategic merge patch: keys that the patch does not name are removed.
    pub retain_keys: bool,
}

/// One object type.
#[derive(Debug)]
pub struct Type {
    /// Unique name: `Container`, or with group and version where two types share it (`core.v1.Event`).
    pub name: &'static str,
    /// Sorted by name.
    pub fields: Vec<Field>,
    /// Whether server-side apply replaces the object as one value.
    pub atomic: bool,
}

/// All types and which kind has which.
pub struct Schema {
    types: Vec<Type>,
    /// `apiVersion`, kind, type.
    kinds: Vec<(&'static str, &'static str, TypeId)>,
    /// By [`KindId::index`].
    by_kind: Vec<TypeId>,
}

/// The table as text, for [`install`].
pub const FIELDS: &str = include_str!("fields.txt");

static SCHEMA: OnceLock<Schema> = OnceLock::new();

/// The table of the built-in kinds.
#[cfg(not(target_arch = "wasm32"))]
pub fn schema() -> &'static Schema {
    SCHEMA.get_or_init(|| read::read(FIELDS))
}

/// The table of the built-in kinds; an empty one until [`install`] was called.
#[cfg(target_arch = "wasm32")]
pub fn schema() -> &'static Schema {
    static NONE: Schema = Schema {
        types: Vec::new(),
        kinds: Vec::new(),
        by_kind: Vec::new(),
    };
    SCHEMA.get().unwrap_or(&NONE)
}

/// Reads the table where none was before: [`FIELDS`], whoever brings it.
///
/// # Panics
/// On another text than [`FIELDS`].
pub fn install(text: &'static str) {
    SCHEMA.get_or_init(|| read::read(text));
}

impl Schema {
    /// Whether the table is not there yet, as in the page before its rules.
    pub fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// The type of a kind's objects; none of a kind that a definition describes.
    pub fn of_kind(&self, kind: KindId) -> Option<&Type> {
        self.by_kind.get(kind.index()).map(|id| self.get(*id))
    }

    /// The type of an `apiVersion` and kind, also of those that only subresources and requests carry (`Scale`,
    /// `Eviction`, `DeleteOptions`).
    pub fn find(&self, api_version: &str, kind: &str) -> Option<&Type> {
        self.kinds
            .iter()
            .find(|(v, k, _)| *v == api_version && *k == kind)
            .map(|(_, _, id)| self.get(*id))
    }

    /// A type by its number.
    pub fn get(&self, id: TypeId) -> &Type {
        &self.types[usize::from(id.0)]
    }

    /// A type by its unique name.
    pub fn named(&self, name: &str) -> Option<&Type> {
        self.types.iter().find(|t| t.name == name)
    }

    /// Every type, in the order of the table.
    pub fn types(&self) -> &[Type] {
        &self.types
    }

    /// The object type of a field's values, if they are objects.
    pub fn object_of(&self, field: &Field) -> Option<&Type> {
        match field.shape {
            Shape::Object(id) => Some(self.get(id)),
            _ => None,
        }
    }
}

impl Type {
    /// The field of a name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields
            .binary_search_by(|field| field.name.cmp(name))
            .ok()
            .map(|at| &self.fields[at])
    }
}
