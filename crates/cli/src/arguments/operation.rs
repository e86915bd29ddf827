//! What is asked about operations.

use super::Consent;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum OperationVerb {
    List,
    Show {
        id: String,
    },
    Follow {
        id: String,
    },
    Pause {
        id: String,
    },
    Cancel {
        id: String,
    },
    Resume {
        id: String,
        #[command(flatten)]
        consent: Consent,
    },
}
