//! Two patches made one.
// upstream: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go mergeMap, without MergeParallelList

use podarium_api::schema::{Type, Wrap, schema};
use serde_json::{Map, Value};

/// The patch that does what `first` and then `second` does.
pub fn patches(
    first: Map<String, Value>,
    second: Map<String, Value>,
    owner: Option<&Type>,
) -> Map<String, Value> {
    let mut out = first;
    for (name, value) in second {
        let field = owner.and_then(|t| t.field(&name));
        let merged = match (out.remove(&name), value) {
            (Some(Value::Object(a)), Value::Object(b)) => {
                let one = field.filter(|f| f.wrap == Wrap::One);
                let inner = one.and_then(|f| schema().object_of(f));
                Value::Object(patches(a, b, inner))
            }
            (Some(Value::Array(mut all)), Value::Array(items)) => {
                let key = field.and_then(|f| f.merge).filter(|k| !k.is_empty());
                let inner = field.and_then(|f| schema().object_of(f));
                match key {
                    // An order, or a list that is replaced: the later one says all.
                    None => Value::Array(items),
                    Some(key) => {
                        for item in items {
                            let had = all
                                .iter_mut()
                                .find(|had| had[key] == item[key] && had.get("$patch").is_none());
                            match (had, item) {
                                (Some(Value::Object(had)), Value::Object(item)) => {
                                    *had = patches(std::mem::take(had), item, inner);
                                }
                                (_, item) => all.push(item),
                            }
                        }
                        Value::Array(all)
                    }
                }
            }
            (_, value) => value,
        };
        out.insert(name, merged);
    }
    out
}
