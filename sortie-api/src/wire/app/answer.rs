//! What the catalog answers to whom, for the description.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{OneOfBuilder, Schema},
    },
};

use super::{AppOut, PublicApp};

/// No value of it exists: whole apps to people who are signed in, display fields to strangers.
pub enum AppsAnswer {}

impl PartialSchema for AppsAnswer {
    fn schema() -> RefOr<Schema> {
        let description = "Whole apps to people who are signed in, display fields to strangers.";
        OneOfBuilder::new()
            .description(Some(description))
            .item(Vec::<AppOut>::schema())
            .item(Vec::<PublicApp>::schema())
            .into()
    }
}

impl ToSchema for AppsAnswer {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Vec::<AppOut>::schemas(schemas);
        Vec::<PublicApp>::schemas(schemas);
    }
}
