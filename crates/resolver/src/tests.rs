mod applying;
mod changes;
mod choosing;
pub(crate) mod fixture;
mod locking;
mod oracle;
mod upgrading;
