//! Opening the database, and putting it right where that is asked for.

use las_api::ErrorBody;
use las_runtime::{Home, SystemEntropy};
use las_state::{Incident, State};
use las_types::{Clock, Failure, Timestamp};

/// Takes a data directory's database back to an older schema, for an older version of the program. Returns
/// the schema that it had. Fails with `core-busy` while a core holds the directory.
pub async fn go_back(home: &std::path::Path, schema: i64) -> Result<i64, ErrorBody> {
    let home = Home::open(home.to_owned()).map_err(ErrorBody::from)?;
    let _lock = home.lock().map_err(ErrorBody::from)?;
    Ok(State::migrate_down(&home.state_db(), schema).await.map_err(Failure::from)?)
}

/// Opens the database. One that is damaged is restored, which is told; with `repair`, so is what only a person
/// may decide: a ledger that is not the one its anchor stands for, a state that has to begin empty.
pub(crate) async fn open(home: &Home, clock: &dyn Clock, repair: bool) -> Result<State, Failure> {
    let path = home.state_db();
    State::make_key(&path, &SystemEntropy)?;
    let now = clock.now();
    let state = if repair {
        State::open_repaired(&path, now).await?
    } else {
        State::open_or_restore(&path, now).await?
    };
    match account(home, &state, now).await {
        Ok(()) => Ok(state),
        Err(failure) => {
            // Merely dropped, its log would be merged and look like one that is missing after a stop.
            state.close().await;
            Err(failure)
        }
    }
}

/// Records what a restoration took back, and says what is open.
async fn account(home: &Home, state: &State, now: Timestamp) -> Result<(), Failure> {
    if let Some(incident) = lost_generations(home, state).await?
        && !state.knows(&incident).await?
    {
        state.record(now, incident).await?;
        state.anchor_ledger().await?;
    }
    for incident in state.open_incidents().await? {
        tracing::warn!(kind = incident.kind, detail = ?incident.detail, "see “las doctor”");
    }
    Ok(())
}

/// Generations that have their lock file and are not in the database: what a restoration took back.
async fn lost_generations(home: &Home, state: &State) -> Result<Option<Incident>, Failure> {
    let last = state.current_generation().await?.map_or(0, |generation| generation.number.0);
    let folder = home.generations();
    let entries = std::fs::read_dir(&folder).map_err(|error| Failure::io(&folder, error))?;
    let number = |entry: std::io::Result<std::fs::DirEntry>| -> Option<u64> {
        entry.ok()?.file_name().to_str()?.strip_suffix(".lock")?.parse().ok()
    };
    let mut missing: Vec<u64> = entries.filter_map(number).filter(|number| *number > last).collect();
    missing.sort_unstable();
    let shown = missing.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
    Ok((!missing.is_empty()).then(|| Incident::new("generations-lost", &[("numbers", &shown)])))
}
