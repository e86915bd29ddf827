mod applying;
mod below;
mod changes;
mod choosing;
pub(crate) mod fixture;
mod locking;
mod oracle;
mod oracle_of_relations;
mod relations;
