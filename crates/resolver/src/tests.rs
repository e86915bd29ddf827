mod applying;
mod changes;
mod choosing;
mod fixture;
mod oracle;
