//! References instead of copies. utoipa writes out in a generic type, such as `Page<CaseRow>`, what it holds; here
//! `Page_CaseRow` refers to `CaseRow`.

use utoipa::openapi::schema::{ArrayItems, Components, Schema};
use utoipa::openapi::{Ref, RefOr};

/// Puts references where a generic type's schema holds another's.
pub fn refer(components: &mut Components) {
    name_items(components);
    let written = components.schemas.clone();
    for (name, schema) in &mut components.schemas {
        let Some((_, held)) = name.split_once('_') else { continue };
        if let (Some(copy), RefOr::T(schema)) = (written.get(held), schema) {
            each_part(schema, &mut |part| replace(part, copy, held));
        }
    }
}

/// Gives the items of a page their name, where utoipa has not: it names what an answer is, and not what is held by a
/// page inside an answer.
fn name_items(components: &mut Components) {
    for (name, page) in components.schemas.clone() {
        let Some(held) = name.strip_prefix("Page_") else { continue };
        if let Some(items) = items(&page) {
            components.schemas.entry(held.to_owned()).or_insert_with(|| items.clone());
        }
    }
}

/// The items of a page.
fn items(page: &RefOr<Schema>) -> Option<&RefOr<Schema>> {
    let RefOr::T(Schema::Object(page)) = page else { return None };
    let RefOr::T(Schema::Array(array)) = page.properties.get("items")? else { return None };
    match &array.items {
        ArrayItems::RefOrSchema(items) => Some(items),
        ArrayItems::False => None,
    }
}

/// Puts a reference wherever a part is this copy.
fn replace(part: &mut RefOr<Schema>, copy: &RefOr<Schema>, name: &str) {
    if part == copy {
        *part = RefOr::Ref(Ref::from_schema_name(name));
    } else if let RefOr::T(schema) = part {
        each_part(schema, &mut |part| replace(part, copy, name));
    }
}

/// The schemas that stand directly in a schema.
fn each_part(schema: &mut Schema, change: &mut dyn FnMut(&mut RefOr<Schema>)) {
    match schema {
        Schema::Object(object) => object.properties.values_mut().for_each(change),
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                change(items);
            }
        }
        Schema::OneOf(parts) => parts.items.iter_mut().for_each(change),
        Schema::AllOf(parts) => parts.items.iter_mut().for_each(change),
        Schema::AnyOf(parts) => parts.items.iter_mut().for_each(change),
        _ => {}
    }
}
