//! The parameters of operations: how they are looked for, and those of every list, which are said once.

use serde_json::json;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Components, ObjectBuilder, Schema, Type};
use utoipa::openapi::{KnownFormat, Ref, RefOr, SchemaFormat};

use base::http::page::{DEFAULT_LIMIT, MAX_LIMIT};

/// Whether an operation takes parameters there.
pub fn any(operation: &Operation, place: ParameterIn) -> bool {
    declared(operation).any(|parameter| parameter.parameter_in == place)
}

/// Whether an operation takes this parameter there.
pub fn has(operation: &Operation, place: ParameterIn, name: &str) -> bool {
    declared(operation).any(|parameter| parameter.parameter_in == place && parameter.name == name)
}

/// Whether an operation takes a date or an instant in its path or query.
pub fn any_date(operation: &Operation) -> bool {
    let is_date = |schema: &RefOr<Schema>| {
        let RefOr::T(Schema::Object(object)) = schema else { return false };
        let dates = [KnownFormat::Date, KnownFormat::DateTime].map(SchemaFormat::KnownFormat);
        object.format.as_ref().is_some_and(|format| dates.contains(format))
    };
    declared(operation).any(|parameter| parameter.schema.as_ref().is_some_and(is_date))
}

fn declared(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    })
}

/// Adds the parameters of every list.
pub fn declare(components: &mut Components) {
    for parameter in [limit(), cursor()] {
        components.parameters.insert(parameter.name.clone(), parameter.into());
    }
}

/// Where a list takes these parameters, leads to where they are said. Comes last: [`has`] finds no references.
pub fn refer(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(one) = parameter
            && one.parameter_in == ParameterIn::Query
            && ["limit", "cursor"].contains(&one.name.as_str())
        {
            *parameter = RefOr::Ref(Ref::new(format!("#/components/parameters/{}", one.name)));
        }
    }
}

fn limit() -> Parameter {
    let number = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(1))
        .maximum(Some(MAX_LIMIT))
        .default(Some(json!(DEFAULT_LIMIT)));
    ParameterBuilder::new()
        .name("limit")
        .parameter_in(ParameterIn::Query)
        .description(Some("The most items of a page."))
        .schema(Some(number))
        .build()
}

fn cursor() -> Parameter {
    ParameterBuilder::new()
        .name("cursor")
        .parameter_in(ParameterIn::Query)
        .description(Some("`next` of the page before, asked with the same filters."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}
