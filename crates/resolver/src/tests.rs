mod applying;
mod changes;
mod choosing;
pub(crate) mod fixture;
mod oracle;
mod upgrading;
