//! The machine that the application runs on: probed or recorded, and what was measured of it.

use crate::{App, Options};
use las_api::ErrorBody;
use las_runtime::{Home, Scratch, SystemClock, SystemEntropy};
use las_types::{Clock, Failure, HardwareProfile, Measurement, Measurements, ProfileSource, Volume};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A core measures only after it has been there for this long: nobody waits for it then.
const SETTLED: Duration = Duration::from_mins(1);

/// The hardware profile as a core of these options would show it. It reads, becomes no core and makes no
/// data directory.
pub fn hardware(options: &Options) -> Result<HardwareProfile, ErrorBody> {
    Ok(profile(options, &SystemClock)?)
}

/// The recorded profile, or this machine's with what was measured of it.
pub(crate) fn profile(options: &Options, clock: &dyn Clock) -> Result<HardwareProfile, Failure> {
    match options.configuration.config().hardware_profile.path() {
        Some(path) => las_hardware::load_recorded(Path::new(path)),
        None => Ok(las_hardware::probe(clock.now()).with_measurements(&kept(&options.home))),
    }
}

/// What was measured before. A file that can't be read is measured anew: it holds nothing else.
fn kept(home: &Path) -> Measurements {
    let path = Home::measurements(home);
    let read = || std::fs::read(&path).ok();
    match read().map(|bytes| serde_json::from_slice(&bytes)) {
        Some(Ok(kept)) => kept,
        Some(Err(error)) => {
            tracing::warn!(path = %path.display(), %error, "measurements can't be read; they are taken again");
            Measurements::default()
        }
        None => Measurements::default(),
    }
}

impl App {
    /// Measures memory and the volume of the data directory, keeps the result, and judges the machine
    /// anew. A recorded profile stays as it is.
    pub(crate) async fn measure(self: &Arc<Self>) -> Result<HardwareProfile, Failure> {
        let profile = self.control.probed_profile();
        if matches!(profile.source, ProfileSource::Recorded { .. }) {
            return Ok(profile);
        }
        if let Some(reading) = &self.reading {
            return Err(reading.cause());
        }
        let home = self.home.clone();
        let measured = tokio::task::spawn_blocking(move || take(profile, home)).await;
        let profile = measured.map_err(Failure::internal)??;
        self.control.machine_changed(&profile);
        Ok(profile)
    }

    /// Measures a machine that was never measured, once this core has settled. For a core that lives long.
    pub async fn measure_when_settled(self: Arc<Self>) {
        tokio::time::sleep(SETTLED).await;
        let known = self.control.probed_profile();
        if self.reading.is_none()
            && known.memory.bandwidth.is_none()
            && let Err(failure) = self.measure().await
        {
            tracing::warn!(%failure, "the machine could not be measured");
        }
    }
}

/// Measures and keeps.
fn take(mut profile: HardwareProfile, home: std::path::PathBuf) -> Result<HardwareProfile, Failure> {
    let measured = |per_second| Measurement { per_second, measured_at: SystemClock.now() };
    let rate = las_hardware::memory_bandwidth(profile.cpu.threads, profile.memory.available);
    profile.memory.bandwidth = rate.map(measured).or(profile.memory.bandwidth);
    let home = Home::open(home)?;
    if let Some(volume) = volume_of(&mut profile.volumes, home.root())
        && let Some(scratch) = Scratch::write(&home, &SystemEntropy)?
    {
        let rate =
            las_hardware::read_rate(scratch.path()).map_err(|error| Failure::io(scratch.path(), error))?;
        volume.read_rate = Some(measured(rate));
    }
    let bytes = serde_json::to_vec_pretty(&profile.measurements()).map_err(Failure::internal)?;
    home.keep_measurements(&bytes)?;
    Ok(profile)
}

/// The volume that a folder lies on: the longest mount point above it.
fn volume_of<'a>(volumes: &'a mut [Volume], folder: &Path) -> Option<&'a mut Volume> {
    volumes
        .iter_mut()
        .filter(|volume| folder.starts_with(&volume.mount))
        .max_by_key(|volume| volume.mount.len())
}
