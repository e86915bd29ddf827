//! What a process says on exit.

/// What the process says on exit; the numbers are fixed in the command line's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitStatus {
    /// The operation failed; the state it left is named.
    Failed = 1,
    /// Wrong use.
    Usage = 2,
    /// Refused by policy or hardware.
    Refused = 3,
    /// No solution: the conflict is explained.
    NoSolution = 4,
    /// Not found.
    NotFound = 5,
    /// Needs approval, or the plan is stale.
    NeedsApproval = 6,
    /// Needs a network that is off or out of reach.
    NeedsNetwork = 7,
    /// Not permitted.
    NotPermitted = 8,
    /// An integrity check failed.
    Integrity = 9,
}
