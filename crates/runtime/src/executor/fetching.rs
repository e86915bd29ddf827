//! What a step needs from elsewhere before it can be executed.

use super::NativeExecutor;
use crate::fetch::{self, Authorization, Beginning, Binding, Lists, Wanted};
use crate::{blobs, blocking, store, tree};
use las_types::{
    ByteSize, Digest, Event, Failure, Installed, OperationId, OriginFile, Placement, Reporter, Source,
    StepAction, StepContext,
};
use std::collections::BTreeSet;
use std::sync::Arc;

impl NativeExecutor {
    /// Fetches what a module or a model is made from, unless it is there already. Returns how many bytes that is. A model
    /// whose digest nobody published gets the one of what came.
    pub(super) async fn fetch(
        &self,
        context: StepContext,
        item: &mut Installed,
        source: &Source,
        reporter: &dyn Reporter,
    ) -> Result<u64, Failure> {
        match source {
            Source::Oci { image, digest, size } => {
                self.pull(context, image, *digest, reporter).await?;
                Ok(size.bytes())
            }
            Source::Archive { urls, redirects, size, checksum, .. } => {
                let (home, known) = (Arc::clone(self.home()), item.clone());
                if !blocking::run_unwatched(move || store::is_whole(&home, &known)).await? {
                    let binding = Binding::Digest(*checksum);
                    let begins = Beginning::Any;
                    let wanted =
                        Wanted { urls, redirects, size: *size, binding, begins, authorization: None };
                    fetch::fetch(self.home(), &wanted, &self.pace, context, reporter).await?;
                }
                Ok(size.bytes())
            }
            Source::Repository { files, .. } => self.fetch_files(context, item, files, reporter).await,
            Source::Builtin { .. } | Source::LocalFile { .. } | Source::LocalFiles { .. } => Ok(0),
        }
    }

    /// Fetches the files of a model one after the other, unless all of it is there.
    async fn fetch_files(
        &self,
        context: StepContext,
        item: &mut Installed,
        files: &[OriginFile],
        reporter: &dyn Reporter,
    ) -> Result<u64, Failure> {
        let (home, known) = (Arc::clone(self.home()), item.clone());
        let whole = blocking::run(context, reporter, move |meter| match known.placement {
            Placement::Blob => blobs::is_whole(&home, &known, meter),
            _ => store::is_whole(&home, &known),
        });
        if whole.await? {
            // Parts of an earlier try are of no more use, and must not be taken for what was read.
            let (home, keys) = (Arc::clone(self.home()), keys(files));
            blocking::run_unwatched(move || keys.into_iter().try_for_each(|key| fetch::forget(&home, key)))
                .await?;
            return Ok(item.size.bytes());
        }
        let right = self.take_back(context, item, files, reporter).await?;
        let mut behind = Behind { reporter, before: ByteSize::default() };
        for file in files {
            if right.contains(&Binding::of(file).key()) {
                behind.before = behind.before.saturating_add(file.size);
                continue;
            }
            let urls: Vec<_> = file.addresses().cloned().collect();
            let (redirects, size, binding) = (&file.redirects, file.size, Binding::of(file));
            let begins = Beginning::of(file);
            let secrets = self.secrets();
            let authorization = Some(Authorization { headers: &file.headers, secrets: &*secrets });
            let wanted = Wanted { urls: &urls, redirects, size, binding, begins, authorization };
            let fetched = fetch::fetch(self.home(), &wanted, &self.pace, context, &behind).await?;
            behind.before = behind.before.saturating_add(file.size);
            // Of several, each gets its digest when they are looked at.
            if files.len() > 1 {
                continue;
            }
            if file.checksum.is_none() && item.digest == file.stand_in() {
                item.digest = fetched.digest;
            } else if file.checksum.is_none() && item.digest != fetched.digest {
                let failure = crate::durable::mismatch(&fetched.path, item.digest, fetched.digest);
                let (home, key) = (Arc::clone(self.home()), Binding::of(file).key());
                blocking::run_unwatched(move || fetch::forget(&home, key)).await?;
                return Err(failure);
            }
        }
        Ok(item.size.bytes())
    }

    /// What of a damaged model is right is not fetched again. Returns the keys of files that are right where they lie.
    async fn take_back(
        &self,
        context: StepContext,
        item: &Installed,
        files: &[OriginFile],
        reporter: &dyn Reporter,
    ) -> Result<BTreeSet<Digest>, Failure> {
        let (home, item, files) = (Arc::clone(self.home()), item.clone(), files.to_vec());
        blocking::run(context, reporter, move |meter| {
            let (lists, mut right) = (Lists::of(&home, &item), BTreeSet::new());
            if item.placement == Placement::Blob {
                fetch::take_back(&home, &lists, item.digest, &blobs::blob(&home, item.digest), meter)?;
                return Ok(right);
            }
            let folder = store::folder(&home, &item)?;
            for file in &files {
                let path = folder.join(tree::inside(file.name())?);
                let Some(checksum) = file.checksum.filter(|_| path.is_file()) else { continue };
                if tree::hash_file(&path, meter).is_ok_and(|(actual, _)| actual == checksum) {
                    fetch::forget(&home, checksum)?;
                    right.insert(checksum);
                } else {
                    fetch::take_back(&home, &lists, checksum, &path, meter)?;
                }
            }
            Ok(right)
        })
        .await
    }

    /// Drops what was fetched for a step of an operation that was cancelled.
    pub(super) async fn drop_fetched(&self, action: &StepAction) -> Result<(), Failure> {
        let keys: Vec<_> = match action.source() {
            Some(Source::Archive { checksum, .. }) => vec![*checksum],
            Some(Source::Repository { files, .. }) => keys(files),
            _ => return Ok(()),
        };
        let home = Arc::clone(self.home());
        blocking::run_unwatched(move || keys.into_iter().try_for_each(|key| fetch::forget(&home, key))).await
    }
}

/// What files are called while they are fetched.
fn keys(files: &[OriginFile]) -> Vec<Digest> {
    files.iter().map(|file| Binding::of(file).key()).collect()
}

/// Tells how far one of several files is as how far all of them are.
struct Behind<'a> {
    reporter: &'a dyn Reporter,
    /// Bytes of the files before it.
    before: ByteSize,
}

impl Reporter for Behind<'_> {
    fn progressed(&self, context: StepContext, done: ByteSize) {
        self.reporter.progressed(context, self.before.saturating_add(done));
    }

    fn happened(&self, event: Event) {
        self.reporter.happened(event);
    }

    fn is_cancelled(&self, operation: OperationId) -> bool {
        self.reporter.is_cancelled(operation)
    }
}
