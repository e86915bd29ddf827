//! Images of modules that run in containers: fetched by the engine, looked for, and dropped with the last module that
//! names them.

use super::NativeExecutor;
use crate::containers::{record_of, records_in};
use crate::durable::{self, Access};
use crate::staging::Staging;
use crate::{blobs, blocking, store};
use las_types::{
    Code, Depth, Digest, Drift, DriftKind, Failure, ImageName, ImageRecord, Installed, OperationId, Repair,
    Reporter, Source, StepContext,
};
use std::sync::Arc;

impl NativeExecutor {
    /// Has the engine fetch an image, unless it has it. That it had not is written down before.
    pub(super) async fn pull(
        &self,
        context: StepContext,
        image: &ImageName,
        digest: Digest,
        reporter: &dyn Reporter,
    ) -> Result<(), Failure> {
        let engine = self.surroundings.containers.engine().await?;
        if engine.has(image, digest).await? {
            return Ok(());
        }
        let home = Arc::clone(self.home());
        blocking::run_unwatched(move || {
            let staging = Staging::of(&home, context.operation);
            durable::make_dir(&staging.root)?;
            durable::write_file(&staging.pulled(context), b"", Access::Private)
        })
        .await?;
        engine.pull(image, digest, context, reporter).await
    }

    /// Drops the image that a step fetched and that nothing else names.
    pub(super) async fn undo_pull(&self, context: StepContext, item: &Installed) -> Result<(), Failure> {
        let Source::Oci { image, digest, .. } = &item.source else { return Ok(()) };
        let record = ImageRecord { image: image.clone(), digest: *digest };
        let (home, item) = (Arc::clone(self.home()), item.clone());
        let others = blocking::run_unwatched(move || {
            if Staging::of(&home, context.operation).pulled(context).symlink_metadata().is_err() {
                return Ok(None);
            }
            let own = store::folder(&home, &item)?;
            records_in(&home, Some(&own)).map(Some)
        });
        if let Some(others) = others.await? {
            self.drop_unless_named(vec![record], &others).await;
        }
        Ok(())
    }

    /// Drops the images of modules that an operation removed and that no other module names. For after the commit.
    pub(super) async fn drop_images(&self, operation: OperationId) -> Result<(), Failure> {
        let home = Arc::clone(self.home());
        let (gone, named) = blocking::run_unwatched(move || {
            let trash = Staging::of(&home, operation).all_trash();
            let gone: Vec<_> =
                blobs::children(&trash)?.iter().filter_map(|folder| record_of(folder)).collect();
            let named = if gone.is_empty() { Vec::new() } else { records_in(&home, None)? };
            Ok((gone, named))
        })
        .await?;
        self.drop_unless_named(gone, &named).await;
        Ok(())
    }

    /// What can't be dropped takes space and does no harm; the engine may not be there now.
    async fn drop_unless_named(&self, gone: Vec<ImageRecord>, named: &[ImageRecord]) {
        for record in gone.into_iter().filter(|record| !named.contains(record)) {
            let dropped = async {
                let engine = self.surroundings.containers.engine().await?;
                engine.drop_image(&record.image, record.digest).await
            };
            if let Err(failure) = dropped.await {
                tracing::warn!(image = %record.image, %failure, "an image was left with the container engine");
            }
        }
    }

    /// Whether the engine still has the image of a module. Without an engine nothing can be told, and nothing is wrong
    /// with the module.
    pub(super) async fn look_at_image(&self, item: &Installed, depth: Depth) -> Result<Vec<Drift>, Failure> {
        let Source::Oci { image, digest, .. } = &item.source else { return Ok(Vec::new()) };
        if depth == Depth::Glance {
            return Ok(Vec::new());
        }
        let Ok(engine) = self.surroundings.containers.engine().await else { return Ok(Vec::new()) };
        let (kind, failure) = match engine.has(image, *digest).await {
            Ok(true) => return Ok(Vec::new()),
            Ok(false) => (DriftKind::ItemMissing, None),
            Err(failure) if failure.code == Code::ChecksumMismatch => (DriftKind::ItemDamaged, Some(failure)),
            Err(failure) => {
                tracing::info!(%failure, %image, "the container engine does not tell of an image");
                return Ok(Vec::new());
            }
        };
        let mut drift = Drift::new(kind).repaired_by(Repair::Item { name: item.name.clone() });
        if let Some(failure) = failure {
            drift = drift.with("code", failure.code);
            drift.args.extend(failure.args);
        }
        Ok(vec![drift.with("name", &item.name).with("path", image.pinned(*digest)).with("count", 1)])
    }
}
