//! What goes on when a core ends: its services without it.

use super::NativeExecutor;
use crate::supervisor::Service;

impl NativeExecutor {
    /// For a core that lives only as long as one command: the services that it found go on without it.
    pub fn leave_found(&self) {
        self.leave_those(|service| service.found);
    }

    /// Every service goes on without this core, and is another's to take over.
    pub fn leave(&self) {
        self.leave_those(|_| true);
    }

    fn leave_those(&self, those: impl Fn(&Service) -> bool) {
        self.known().retain(|_, service| {
            let left = those(service);
            if left {
                service.leave();
            }
            !left
        });
    }
}
