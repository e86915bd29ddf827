//! A service's own data: `services/<name>/data`. Its first start makes the folder; it stays until it is purged.

use crate::durable::{self, beneath::Beneath};
use crate::home::Home;
use crate::staging::Staging;
use crate::store;
use las_types::{ByteSize, Failure, ServiceName, StepContext};
use std::path::PathBuf;

/// Where it lies.
pub(crate) fn folder(home: &Home, service: &ServiceName) -> PathBuf {
    home.service(service).join("data")
}

/// How much there is; none if there is nothing.
pub(crate) fn size(home: &Home, service: &ServiceName) -> Result<Option<ByteSize>, Failure> {
    let folder = folder(home, service);
    match folder.symlink_metadata() {
        Ok(_) => Beneath::open(&folder)?.size().map(|size| Some(ByteSize::new(size))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::io(&folder, error)),
    }
}

/// Moves it out; it lies in staging until the operation is committed.
pub(crate) fn remove(home: &Home, context: StepContext, service: &ServiceName) -> Result<(), Failure> {
    store::put_aside(&Staging::of(home, context.operation), context, &folder(home, service))?;
    durable::remove_if_empty(&home.service(service))
}

/// Undoes [`remove`].
pub(crate) fn undo_remove(home: &Home, context: StepContext, service: &ServiceName) -> Result<(), Failure> {
    store::put_back(&Staging::of(home, context.operation), context, &folder(home, service))
}

#[cfg(test)]
mod tests {
    use super::{remove, size, undo_remove};
    use crate::home::Home;
    use las_types::{ByteSize, OperationId, ServiceName, StepContext, Timestamp};

    #[test]
    #[expect(clippy::disallowed_methods, reason = "data as a service would make it")]
    fn data_is_counted_moved_out_and_put_back_whole() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().join("home")).unwrap();
        let service: ServiceName = "notes".parse().unwrap();
        let context = StepContext { operation: OperationId::new(Timestamp::UNIX_EPOCH, [1; 10]), step: 3 };
        assert_eq!(size(&home, &service).unwrap(), None);
        remove(&home, context, &service).unwrap();
        let data = home.service(&service).join("data");
        std::fs::create_dir_all(data.join("deep")).unwrap();
        std::fs::write(data.join("deep/one"), "12345").unwrap();
        std::fs::write(data.join("two"), "123").unwrap();
        std::os::unix::fs::symlink("/", data.join("link")).unwrap();
        assert_eq!(size(&home, &service).unwrap(), Some(ByteSize::new(5 + 3 + 1)));
        for _ in 0..2 {
            remove(&home, context, &service).unwrap();
            assert!(!home.service(&service).exists());
        }
        for _ in 0..2 {
            undo_remove(&home, context, &service).unwrap();
            assert_eq!(size(&home, &service).unwrap(), Some(ByteSize::new(9)));
        }
        assert_eq!(std::fs::read_dir(home.staging()).unwrap().count(), 0);
    }
}
