//! Which container engine is used.

use super::Engine;
use las_types::{Code, EngineChoice, Failure};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;

/// What is said of the container engine by who configures this.
#[derive(Clone, Debug, Default)]
pub struct EngineWish {
    /// Which one.
    pub engine: EngineChoice,
    /// Its socket; none for the usual places.
    pub socket: Option<PathBuf>,
}

/// The container engine of this machine, found when it is needed first.
pub(crate) struct Containers {
    wish: EngineWish,
    found: Mutex<Option<Arc<Engine>>>,
}

impl Containers {
    pub(crate) fn new(wish: EngineWish) -> Self {
        Self { wish, found: Mutex::new(None) }
    }

    /// The engine; looked for again if the one that was found answers no more.
    ///
    /// Codes: `container-engine-missing`, `container-engine-refused`.
    pub(crate) async fn engine(&self) -> Result<Arc<Engine>, Failure> {
        let mut found = self.found.lock().await;
        if let Some(engine) = &*found
            && engine.answers().await
        {
            return Ok(Arc::clone(engine));
        }
        *found = None;
        let sockets = sockets(&self.wish);
        let mut refused = None;
        for socket in &sockets {
            match Engine::connect(socket).await {
                Ok(engine) if engine.is(self.wish.engine) => {
                    let engine = Arc::new(engine);
                    *found = Some(Arc::clone(&engine));
                    return Ok(engine);
                }
                Ok(_) => {}
                Err(failure) if failure.code == Code::ContainerEngineMissing => {}
                Err(failure) => refused = refused.or(Some(failure)),
            }
        }
        Err(refused.unwrap_or_else(|| missing(&sockets)))
    }
}

fn missing(sockets: &[PathBuf]) -> Failure {
    let tried: Vec<String> = sockets.iter().map(|socket| socket.display().to_string()).collect();
    Failure::new(Code::ContainerEngineMissing).with("tried", tried.join(", "))
}

/// Where an engine may listen: the named socket alone, or the usual ones, this user's own first. A rootless engine gives
/// away no more than its user has.
fn sockets(wish: &EngineWish) -> Vec<PathBuf> {
    if let Some(socket) = &wish.socket {
        return vec![socket.clone()];
    }
    let uid = rustix::process::geteuid().as_raw();
    let own =
        std::env::var_os("XDG_RUNTIME_DIR").map_or_else(|| format!("/run/user/{uid}").into(), PathBuf::from);
    usual(&own, wish.engine)
}

fn usual(own: &Path, engine: EngineChoice) -> Vec<PathBuf> {
    let podman = [own.join("podman/podman.sock"), "/run/podman/podman.sock".into()];
    let docker = [own.join("docker.sock"), "/var/run/docker.sock".into()];
    let [own_podman, podman] = podman;
    let [own_docker, docker] = docker;
    match engine {
        EngineChoice::Auto => vec![own_podman, own_docker, podman, docker],
        EngineChoice::Podman => vec![own_podman, podman],
        EngineChoice::Docker => vec![own_docker, docker],
    }
}

#[cfg(test)]
mod tests {
    use super::{Containers, EngineWish, usual};
    use las_types::{Code, EngineChoice};
    use std::path::Path;

    #[test]
    fn the_users_own_engine_comes_first() {
        let all = usual(Path::new("/run/user/7"), EngineChoice::Auto);
        assert_eq!(all.len(), 4);
        assert!(all[..2].iter().all(|socket| socket.starts_with("/run/user/7")), "{all:?}");
        for (engine, word) in [(EngineChoice::Docker, "docker"), (EngineChoice::Podman, "podman")] {
            let some = usual(Path::new("/run/user/7"), engine);
            assert!(some.len() == 2 && some.iter().all(|socket| socket.ends_with(format!("{word}.sock"))));
        }
    }

    #[tokio::test]
    async fn an_engine_that_is_not_there_is_named_with_where_it_was_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("none.sock");
        let ask = async |socket: &Path| {
            let wish = EngineWish { engine: EngineChoice::Auto, socket: Some(socket.to_owned()) };
            Containers::new(wish).engine().await.map(|_| ()).unwrap_err()
        };
        let failure = ask(&socket).await;
        assert_eq!(
            (failure.code, &*failure.args["tried"]),
            (Code::ContainerEngineMissing, socket.to_str().unwrap())
        );
        // Nobody listens on it any more.
        drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
        assert_eq!(ask(&socket).await.code, Code::ContainerEngineMissing);
    }
}
