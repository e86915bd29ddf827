//! Opening the database, and putting it right where that is asked for.

use las_api::ErrorBody;
use las_control::Discovery;
use las_runtime::Home;
use las_state::{Error, Reanchored, State};
use las_types::{Clock, Failure};

/// Takes a data directory's database back to an older schema, for an older version of the program. Returns
/// the schema that it had. Fails with `core-busy` while a core holds the directory.
pub async fn go_back(home: &std::path::Path, schema: i64) -> Result<i64, ErrorBody> {
    let home = Home::open(home.to_owned()).map_err(ErrorBody::from)?;
    let _lock = home.lock().map_err(ErrorBody::from)?;
    Ok(State::migrate_down(&home.state_db(), schema).await.map_err(Failure::from)?)
}

/// Opens the database; with `repair`, a damaged one is put aside and the last copy opened instead, and the
/// ledger is anchored anew. The second value says what was repaired.
pub(crate) async fn open(
    home: &Home,
    clock: &dyn Clock,
    repair: bool,
) -> Result<(State, Vec<Discovery>), Failure> {
    let path = home.state_db();
    match State::open(&path).await {
        Ok(state) => Ok((state, Vec::new())),
        Err(Error::Corrupt { .. }) if repair => {
            let stamp = clock.now().as_millisecond().to_string();
            let aside = State::restore_snapshot(&path, &stamp)?.display().to_string();
            let (state, found) = State::open_anew(&path).await?;
            Ok((state, [vec![Discovery::StateRestored { aside }], anchored(found)].concat()))
        }
        // The database itself may be whole: only its anchor is made again.
        Err(Error::Anchor { .. }) if repair => {
            let (state, found) = State::open_anew(&path).await?;
            Ok((state, anchored(found)))
        }
        Err(error) => Err(error.into()),
    }
}

fn anchored(found: Reanchored) -> Vec<Discovery> {
    match found {
        Reanchored::Lost(0) => Vec::new(),
        Reanchored::Lost(count) => vec![Discovery::LedgerLinesLost { count }],
        Reanchored::Unknown => vec![Discovery::LedgerAnchorRestored],
    }
}
