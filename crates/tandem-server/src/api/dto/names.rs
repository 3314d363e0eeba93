//! Names of which a field has one of few, for the API's description. They are taken from the types that know them, so that the
//! console does not compile once one is missing there.

use tandem_domain::Motive;
use tandem_score::motive::REASONS;
use tandem_score::{Cause, Phase};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

fn one_of<const N: usize>(names: [&'static str; N], means: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
    text.description(Some(means.trim()))
        .enum_values(Some(names))
        .into()
}

macro_rules! names {
    ($(#[doc = $means:literal] $name:ident = $all:expr;)*) => {$(
        #[doc = $means]
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                one_of($all, $means)
            }
        }

        impl ToSchema for $name {}
    )*};
}

names! {
    /// A cause that is held to be possible.
    CauseName = Cause::ALL.map(Cause::as_str);
    /// A reason that may stand behind intent.
    ReasonName = REASONS.map(Motive::as_str);
    /// A part of the way.
    PhaseName = Phase::ALL.map(Phase::as_str);
}
