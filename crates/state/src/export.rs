//! The verification of a ledger that was exported: without the database, without the machine.

use crate::verify::Chain;
use crate::{Checkpoint, LedgerLine, Verified};

/// Checks the lines of an export, oldest first, and the checkpoints that came with them, of which the last stands
/// for all lines: an export that was cut has none that does. The error is the place of the first line, or of the
/// checkpoint's line, that does not fit.
pub fn verify_export(lines: &[LedgerLine], checkpoints: &[Checkpoint]) -> Result<Verified, u64> {
    let mut chain = Chain::new();
    let mut signed = checkpoints.iter().peekable();
    let mut verified = Verified::default();
    let mut hold = |chain: &Chain| {
        while let Some(one) = signed.next_if(|one| one.count <= chain.lines) {
            if one.count != chain.lines || one.head != chain.head || !one.is_signed() {
                return Err(one.count);
            }
            verified.checkpoints += 1;
            verified.keys.insert(one.key.clone());
        }
        Ok(())
    };
    hold(&chain)?;
    for line in lines {
        chain.follow(&line.text(), &line.hash)?;
        hold(&chain)?;
    }
    if checkpoints.last().is_none_or(|last| last.count != chain.lines) {
        return Err(chain.lines + 1);
    }
    verified.lines = chain.lines;
    verified.head = (chain.lines > 0).then_some(chain.head);
    Ok(verified)
}
