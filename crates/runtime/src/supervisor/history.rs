//! The history of a service: its last moments, which outlive a stop, a start and the core. They lie beside what it said, and
//! are written behind whoever makes them, so that no start waits for them.

use crate::durable::{Access, passing};
use crate::home::Home;
use crate::{blocking, durable};
use las_types::{Failure, ServiceMoment, ServiceName};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Moments that are kept.
const MOST: usize = 20;

fn file(home: &Home, service: &ServiceName) -> PathBuf {
    home.logs().join(service.as_str()).join("history.json")
}

/// Those that are written down; none of a service that has none. A file that can't be read or is damaged is told by the log
/// and set aside, so that the next moment doesn't take its place.
pub(crate) fn read(home: &Home, service: &ServiceName) -> Vec<ServiceMoment> {
    let path = file(home, service);
    let reason = match std::fs::read(&path) {
        Ok(text) => match serde_json::from_slice(&text) {
            Ok(moments) => return moments,
            Err(error) => error.to_string(),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => return Vec::new(),
        Err(error) => error.to_string(),
    };
    let aside = path.with_extension("json.damaged");
    match passing::rename(&path, &aside) {
        Ok(()) => {
            let (path, aside) = (path.display(), aside.display());
            tracing::warn!(%service, %path, %aside, reason, "a history was damaged, and was set aside");
        }
        Err(failure) => {
            tracing::warn!(%service, path = %path.display(), reason, %failure, "a history can't be read, nor set aside");
        }
    }
    Vec::new()
}

fn write(home: &Home, service: &ServiceName, moments: &[ServiceMoment]) -> Result<(), Failure> {
    let path = file(home, service);
    let text = serde_json::to_vec_pretty(moments).map_err(Failure::internal)?;
    if let Some(folder) = path.parent() {
        durable::make_dir(folder)?;
    }
    passing::write_file(&path, &text, Access::Private)
}

/// Adds a moment to those of a service that nobody supervises.
pub(crate) fn add(home: &Home, service: &ServiceName, moment: ServiceMoment) -> Result<(), Failure> {
    let mut moments = read(home, service);
    push(&mut moments, moment);
    write(home, service, &moments)
}

/// Adds a moment; the oldest goes when there are too many.
pub(super) fn push(moments: &mut Vec<ServiceMoment>, moment: ServiceMoment) {
    moments.push(moment);
    let left_out = moments.len().saturating_sub(MOST);
    moments.drain(..left_out);
}

/// Earlier moments, and those that came after them; what is in both is there once.
pub(super) fn joined(mut earlier: Vec<ServiceMoment>, later: Vec<ServiceMoment>) -> Vec<ServiceMoment> {
    for moment in later {
        if !earlier.contains(&moment) {
            push(&mut earlier, moment);
        }
    }
    earlier
}

/// Writes down the moments of one service, the latest always.
#[derive(Debug)]
pub(super) struct Writing {
    moments: watch::Sender<Vec<ServiceMoment>>,
    writes: JoinHandle<()>,
}

impl Writing {
    pub(super) fn begin(home: Arc<Home>, service: ServiceName) -> Self {
        let (moments, mut wanted) = watch::channel(Vec::new());
        let writes = tokio::spawn(async move {
            while wanted.changed().await.is_ok() {
                let moments: Vec<ServiceMoment> = wanted.borrow_and_update().clone();
                let (home, name) = (Arc::clone(&home), service.clone());
                let written = blocking::run_unwatched(move || write(&home, &name, &moments)).await;
                if let Err(failure) = written {
                    tracing::warn!(%service, %failure, "the history of a service could not be written down");
                }
            }
        });
        Self { moments, writes }
    }

    /// These are the moments now.
    pub(super) fn keep(&self, moments: Vec<ServiceMoment>) {
        self.moments.send_replace(moments);
    }

    /// Waits until the last of them are written down.
    pub(super) async fn end(self) {
        drop(self.moments);
        // It ends by itself, since nobody sends any more; that it was cut off says that the core ends.
        let _ = self.writes.await;
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, add, joined, push, read};
    use crate::home::Home;
    use las_types::{ServiceMoment, ServiceState, Timestamp};

    fn moment(second: i64) -> ServiceMoment {
        let at = Timestamp::from_second(second).unwrap();
        ServiceMoment { at, state: ServiceState::Ready, code: None, exit: None }
    }

    #[test]
    fn a_history_is_bounded_and_what_is_known_twice_is_there_once() {
        let mut all = Vec::new();
        (0..100).for_each(|second| push(&mut all, moment(second)));
        assert_eq!((all.len(), all[0].clone()), (MOST, moment(80)));
        let both = joined(vec![moment(1), moment(2)], vec![moment(2), moment(3)]);
        assert_eq!(both, [moment(1), moment(2), moment(3)]);
    }

    #[test]
    fn a_history_that_is_damaged_is_none_and_is_kept_beside_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().join("home")).unwrap();
        let name = "notes".parse().unwrap();
        assert_eq!(read(&home, &name), []);
        add(&home, &name, moment(1)).unwrap();
        add(&home, &name, moment(2)).unwrap();
        assert_eq!(read(&home, &name), [moment(1), moment(2)]);
        let file = super::file(&home, &name);
        for damage in ["", "[{"] {
            crate::durable::write_file(&file, damage.as_bytes(), crate::durable::Access::Private).unwrap();
            add(&home, &name, moment(3)).unwrap();
            assert_eq!(read(&home, &name), [moment(3)]);
            let aside = file.with_file_name("history.json.damaged");
            assert_eq!(std::fs::read_to_string(aside).unwrap(), damage);
        }
        // What is no file can't be read either, and is in nobody's way.
        std::fs::remove_file(&file).unwrap();
        std::fs::remove_file(file.with_file_name("history.json.damaged")).unwrap();
        crate::durable::make_dir(&file).unwrap();
        add(&home, &name, moment(4)).unwrap();
        assert_eq!(read(&home, &name), [moment(4)]);
    }
}
