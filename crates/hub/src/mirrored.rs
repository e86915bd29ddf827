//! One source at several places: the first that answers is the source, the others are where its bytes are to be had as well.

use async_trait::async_trait;
use las_types::{
    Code, ExitStatus, Failure, FileLocation, FoundPage, ModelQuery, ModelRepository, ModelSource,
    RepositoryId, RepositoryPath, Revision, SourceKind, SourceName,
};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Places that have the same, in the order in which they are asked. Each is asked as a source of its own, with the secret for
/// its own origin and no other.
pub struct Mirrored {
    name: SourceName,
    kind: SourceKind,
    places: Vec<Arc<dyn ModelSource>>,
    /// Those that could not be reached: they are asked once for all files of a repository.
    lost: Mutex<BTreeSet<usize>>,
}

impl Mirrored {
    /// Of at least one place, all of one kind.
    pub fn new(name: SourceName, kind: SourceKind, places: Vec<Arc<dyn ModelSource>>) -> Self {
        Self { name, kind, places, lost: Mutex::default() }
    }

    fn lost(&self) -> MutexGuard<'_, BTreeSet<usize>> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The places that are asked: all, if none could be reached.
    fn order(&self) -> Vec<(usize, &dyn ModelSource)> {
        let lost = self.lost();
        let all = self.places.iter().map(|place| &**place).enumerate();
        all.filter(|(index, _)| lost.len() == self.places.len() || !lost.contains(index)).collect()
    }

    /// Takes down that a place failed; whether the next is asked. Who may have a model and who may not is said by its own hub,
    /// and no other place is a way around that.
    fn goes_on(&self, index: usize, failure: &Failure) -> bool {
        tracing::warn!(source = %self.name, place = ?self.places.get(index).and_then(|place| place.host()), %failure, "a place of a source of models does not answer");
        if is_lost(failure) {
            self.lost().insert(index);
        }
        !matches!(failure.code, Code::ModelGated | Code::HubTokenRefused)
    }
}

/// Whether nothing was heard of it.
fn is_lost(failure: &Failure) -> bool {
    failure.code.exit_status() == ExitStatus::NeedsNetwork
}

/// Of several failures the one that says most: of the repository more than of the network.
fn most_telling(mut failed: Vec<Failure>) -> Failure {
    let said = failed.iter().position(|failure| !is_lost(failure)).unwrap_or(0);
    if failed.is_empty() { Failure::internal("a source without a place") } else { failed.swap_remove(said) }
}

/// Whether two places speak of the same bytes: by their digest, or where nobody publishes one, by the state of the repository
/// and what both call the content.
fn agree(one: &FileLocation, other: &FileLocation) -> bool {
    if one.size != other.size {
        return false;
    }
    match (one.sha256, other.sha256) {
        (Some(one), Some(other)) => one == other,
        (None, None) => {
            one.tag.is_some()
                && one.commit.is_some()
                && (&one.tag, &one.commit) == (&other.tag, &other.commit)
        }
        _ => false,
    }
}

#[async_trait]
impl ModelSource for Mirrored {
    fn name(&self) -> &SourceName {
        &self.name
    }

    fn kind(&self) -> SourceKind {
        self.kind
    }

    fn host(&self) -> Option<String> {
        self.places.first()?.host()
    }

    async fn search(&self, query: &ModelQuery) -> Result<FoundPage, Failure> {
        let mut failed = Vec::new();
        for (index, place) in self.order() {
            match place.search(query).await {
                Ok(page) => return Ok(page),
                Err(failure) if self.goes_on(index, &failure) => failed.push(failure),
                Err(failure) => return Err(failure),
            }
        }
        Err(most_telling(failed))
    }

    async fn show(&self, id: &RepositoryId, revision: Option<&Revision>) -> Result<ModelRepository, Failure> {
        let mut failed = Vec::new();
        for (index, place) in self.order() {
            match place.show(id, revision).await {
                Ok(repository) => return Ok(repository),
                Err(failure) if self.goes_on(index, &failure) => failed.push(failure),
                Err(failure) => return Err(failure),
            }
        }
        Err(most_telling(failed))
    }

    /// Where the first that answers has it. The others are asked whether they have the same; what has another digest, size or
    /// state is left out.
    async fn locate(
        &self,
        id: &RepositoryId,
        revision: &Revision,
        path: &RepositoryPath,
    ) -> Result<FileLocation, Failure> {
        let mut failed = Vec::new();
        let (mut found, mut same) = (None::<FileLocation>, Vec::new());
        for (index, place) in self.order() {
            match place.locate(id, revision, path).await {
                Ok(location) => match &found {
                    None => found = Some(location),
                    Some(first) if agree(first, &location) => same.push(location),
                    Some(_) => {
                        tracing::warn!(source = %self.name, url = %location.url, "a mirror has something else and is left out");
                    }
                },
                Err(failure) => {
                    if !self.goes_on(index, &failure) && found.is_none() {
                        return Err(failure);
                    }
                    failed.push(failure);
                }
            }
        }
        let mut found = found.ok_or_else(|| most_telling(failed))?;
        for other in same {
            found.mirrors.push(other.url);
            for host in other.redirects {
                if !found.redirects.contains(&host) {
                    found.redirects.push(host);
                }
            }
            found.headers.extend(other.headers);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::agree;
    use las_types::{ByteSize, Digest, FileLocation};

    fn location(size: u64, digest: Option<&[u8]>, tag: &str, commit: &str) -> FileLocation {
        FileLocation {
            url: "https://hub.example/m.gguf".parse().unwrap(),
            mirrors: Vec::new(),
            redirects: Vec::new(),
            size: Some(ByteSize::new(size)),
            sha256: digest.map(Digest::of),
            tag: Some(tag.to_owned()).filter(|tag| !tag.is_empty()),
            commit: commit.parse().ok(),
            headers: Vec::new(),
        }
    }

    #[test]
    fn only_what_is_the_same_bytes_is_a_mirror() {
        let one = location(1, Some(b"a"), "x", "1111111");
        assert!(agree(&one, &location(1, Some(b"a"), "y", "2222222")), "the digest judges");
        for other in [
            location(1, Some(b"b"), "x", "1111111"),
            location(2, Some(b"a"), "x", "1111111"),
            location(1, None, "x", "1111111"),
        ] {
            assert!(!agree(&one, &other) && !agree(&other, &one), "{other:?}");
        }
        let bare = location(1, None, "x", "1111111");
        assert!(agree(&bare, &bare));
        for other in
            [location(1, None, "y", "1111111"), location(1, None, "x", "2222222"), location(1, None, "x", "")]
        {
            assert!(!agree(&bare, &other), "{other:?}");
        }
        let unnamed = location(1, None, "", "1111111");
        assert!(!agree(&unnamed, &unnamed), "nothing says what it is");
    }
}
