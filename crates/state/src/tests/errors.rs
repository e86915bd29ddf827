//! What a failure of the state is called where people see it.

use crate::{Error, Refused, State};
use las_types::{Code, Failure, ModuleState, OverrideId};
use std::path::{Path, PathBuf};

fn path() -> PathBuf {
    "/data/state.db".into()
}

fn failure(error: Error) -> Failure {
    let said = error.to_string();
    let failure = Failure::from(error);
    assert!(!said.is_empty());
    failure
}

/// The arguments of a failure's text, in their order.
fn arguments(failure: &Failure) -> Vec<(&str, &str)> {
    failure.args.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[test]
fn damage_says_which_file_and_what_was_seen() {
    let detail = || "row 3".to_owned();
    for error in
        [Error::Corrupt { path: path(), detail: detail() }, Error::Anchor { path: path(), detail: detail() }]
    {
        let failure = failure(error);
        assert_eq!(failure.code, Code::StateCorrupt);
        assert_eq!(arguments(&failure), [("detail", "row 3"), ("path", "/data/state.db")]);
    }
}

#[test]
fn a_schema_that_is_not_known_is_named_with_the_one_that_is() {
    let newer = failure(Error::TooNew { path: path(), found: 9, known: 4 });
    assert_eq!(newer.code, Code::StateTooNew);
    assert_eq!(arguments(&newer), [("found", "9"), ("known", "4"), ("path", "/data/state.db")]);
    let none = failure(Error::NoSchema { asked: 7, newest: 4 });
    assert_eq!(none.code, Code::SchemaUnknown);
    assert_eq!(arguments(&none), [("asked", "7"), ("newest", "4")]);
}

#[test]
fn a_disk_that_is_full_forbidden_or_failing_is_told_apart() {
    let full = failure(Error::DiskFull { path: path() });
    assert_eq!((full.code, arguments(&full)), (Code::DiskFull, vec![("path", "/data/state.db")]));
    for (refused, code) in [(Refused::Writing, Code::PermissionDenied), (Refused::Failing, Code::IoFailed)] {
        let failure = failure(Error::Disk { path: path(), refused, detail: "disk I/O error".to_owned() });
        assert_eq!(failure.code, code);
        assert_eq!(arguments(&failure), [("detail", "disk I/O error"), ("path", "/data/state.db")]);
    }
}

#[test]
fn what_can_not_be_done_any_more_says_why() {
    assert_eq!(failure(Error::PlanNotRunnable).code, Code::PlanSpent);
    let stale = failure(Error::PlanStale { made: 2, current: 3 });
    assert_eq!((stale.code, arguments(&stale)), (Code::PlanStale, vec![("current", "3"), ("made", "2")]));
    let id = OverrideId::new(super::now(), [1; 10]);
    let gone = failure(Error::OverrideNotInForce { id });
    assert_eq!(gone.code, Code::OverrideNotFound);
    assert_eq!(gone.args["id"], id.to_string());
    let loose = failure(Error::PinNotInForce { module: "engine".parse().unwrap() });
    assert_eq!((loose.code, arguments(&loose)), (Code::PinNotFound, vec![("name", "engine")]));
}

#[test]
fn what_only_a_defect_brings_about_is_one() {
    let document = serde_json::from_str::<u8>("x").unwrap_err();
    let source = Box::new(sqlx::Error::PoolTimedOut);
    for error in [
        Error::Document(document),
        Error::Database { path: path(), source },
        Error::NotThere { name: "engine".parse().unwrap(), state: ModuleState::Running },
    ] {
        assert_eq!(failure(error).code, Code::Internal);
    }
}

#[test]
fn a_file_beside_the_database_fails_as_files_do() {
    let of = |kind: std::io::ErrorKind| {
        failure(Error::File { path: path(), source: std::io::Error::new(kind, "no") })
    };
    let refused = of(std::io::ErrorKind::PermissionDenied);
    assert_eq!(refused.code, Code::PermissionDenied);
    assert_eq!(refused.args["path"], "/data/state.db");
    assert_eq!(of(std::io::ErrorKind::StorageFull).code, Code::DiskFull);
}

/// What SQLite says, by its code.
#[derive(Debug)]
struct Said(&'static str);

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "(code: {})", self.0)
    }
}

impl std::error::Error for Said {}

impl sqlx::error::DatabaseError for Said {
    fn message(&self) -> &str {
        self.0
    }
    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some(self.0.into())
    }
    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }
    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }
    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }
    fn kind(&self) -> sqlx::error::ErrorKind {
        sqlx::error::ErrorKind::Other
    }
}

fn sorted(code: &'static str) -> Error {
    Error::database(Path::new("/data/state.db"), sqlx::Error::Database(Box::new(Said(code))))
}

#[test]
fn what_sqlite_says_is_sorted_by_what_it_means() {
    // Extended codes keep the low byte: 267 is 11 with 1, 2570 is 10 with 10, 1032 is 8 with 4, 526 is 14 with 2.
    for code in ["11", "26", "267"] {
        assert!(matches!(sorted(code), Error::Corrupt { .. }), "{code}");
    }
    for code in ["13", "4874"] {
        assert!(matches!(sorted(code), Error::DiskFull { .. }), "{code}");
    }
    for code in ["3", "8", "1032"] {
        assert!(matches!(sorted(code), Error::Disk { refused: Refused::Writing, .. }), "{code}");
    }
    for code in ["10", "14", "2570", "526", "4618"] {
        assert!(matches!(sorted(code), Error::Disk { refused: Refused::Failing, .. }), "{code}");
    }
    for code in ["1", "5", "19", "2067", "none"] {
        assert!(matches!(sorted(code), Error::Database { .. }), "{code}");
    }
}

#[tokio::test]
async fn only_a_failure_of_the_disk_is_remembered_in_the_mark() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    let state = State::open(&path).await.unwrap();
    let mark = || std::fs::read(crate::store::open_mark(&path)).unwrap();
    for code in ["11", "19"] {
        state.failed(sqlx::Error::Database(Box::new(Said(code))));
        assert_eq!(mark(), b"", "{code}");
    }
    state.failed(sqlx::Error::Database(Box::new(Said("13"))));
    assert_eq!(mark(), b"failed\n");
    state.failed(sqlx::Error::Database(Box::new(Said("10"))));
    assert_eq!(mark(), b"failed\nfailed\n");
}
