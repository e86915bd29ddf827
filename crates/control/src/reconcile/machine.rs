//! The machine against how it was remembered.

use super::look::{Found, listed};
use crate::ControlPlane;
use las_types::{Depth, Drift, DriftKind, Failure, Gpu, HardwareProfile, ProfileSource, Repair};

const GIB: u64 = 1 << 30;

impl ControlPlane {
    pub(super) async fn look_at_machine(&self, depth: Depth, found: &mut Found) -> Result<(), Failure> {
        let drifts = match self.known_hardware(depth) {
            Some(drifts) => {
                let known = self.machine();
                let refresh = move || las_hardware::refresh(&known);
                let fresh = tokio::task::spawn_blocking(refresh).await.map_err(Failure::internal)?;
                if fresh.admission() != self.machine().admission() {
                    self.follow_machine(fresh);
                }
                drifts
            }
            None => self.compare_machine(depth).await?,
        };
        found.checked = found.checked.saturating_add(1);
        found.drifts.extend(drifts);
        Ok(())
    }

    /// What was found not long ago. A recorded profile is a file: it is read each time.
    fn known_hardware(&self, depth: Depth) -> Option<Vec<Drift>> {
        let detected = self.machine().source == ProfileSource::Detected;
        let (at, drifts) = self.between().hardware.clone()?;
        let fresh = self.clock.now().duration_since(at) < self.reconciliation.hardware_every;
        (depth != Depth::Full && detected && fresh).then_some(drifts)
    }

    async fn compare_machine(&self, depth: Depth) -> Result<Vec<Drift>, Failure> {
        let have = if depth == Depth::Glance {
            // Taken a moment ago.
            (*self.machine()).clone()
        } else {
            let have = self.probed_apart().await?;
            self.follow_machine(have.clone());
            have
        };
        let drifts = match self.executor.remembered_machine().await? {
            // One that was recorded elsewhere says nothing about this machine, nor this one about that.
            Some(had) if same_origin(&had, &have) => {
                let drifts = differences(&had, &have);
                if drifts.is_empty() && had.identity() != have.identity() {
                    self.remember(&have).await;
                }
                drifts
            }
            _ => {
                self.remember(&have).await;
                Vec::new()
            }
        };
        self.between().hardware = Some((self.clock.now(), drifts.clone()));
        Ok(drifts)
    }

    /// Judges the machine anew by what a pass found of it, if that is not what was known.
    fn follow_machine(&self, found: HardwareProfile) {
        let known = self.machine();
        let found = match found.source {
            // It may have been measured meanwhile.
            ProfileSource::Detected => found.with_measurements(&known.measurements()),
            ProfileSource::Recorded { .. } => found,
        };
        let same = HardwareProfile { taken_at: found.taken_at, ..(*known).clone() } == found;
        if same {
            return;
        }
        let before = self.capabilities();
        self.machine_changed(&found);
        let now = self.capabilities();
        if *before != *now {
            tracing::info!(tier = %now.tier, was = %before.tier, "the machine is not what it was; it was judged again");
        }
    }

    /// Probed in full; drivers take their time.
    pub(crate) async fn probed_apart(&self) -> Result<HardwareProfile, Failure> {
        let (known, now) = (self.machine(), self.clock.now());
        let probe = move || match &known.source {
            ProfileSource::Detected => Ok(las_hardware::probe(now).with_measurements(&known.measurements())),
            ProfileSource::Recorded { path } => las_hardware::load_recorded(path),
        };
        tokio::task::spawn_blocking(probe).await.map_err(Failure::internal)?
    }

    async fn remember(&self, profile: &HardwareProfile) {
        if let Err(failure) = self.executor.remember_machine(profile).await {
            // On a disk that can't be written nothing is kept, and that is named by itself.
            tracing::info!(%failure, "the machine could not be written down; it is compared from the next start on");
        }
    }
}

fn same_origin(had: &HardwareProfile, have: &HardwareProfile) -> bool {
    (had.source == ProfileSource::Detected) == (have.source == ProfileSource::Detected)
}

/// What a machine has lost. More than there was is no drift.
fn differences(had: &HardwareProfile, have: &HardwareProfile) -> Vec<Drift> {
    let drift = |kind| Drift::new(kind).repaired_by(Repair::Machine);
    let mut drifts = Vec::new();
    let mut left: Vec<&Gpu> = have.gpus.iter().collect();
    for gpu in &had.gpus {
        let same =
            |other: &&Gpu| other.vendor == gpu.vendor && other.model == gpu.model && other.vram >= gpu.vram;
        if let Some(at) = left.iter().position(same) {
            left.swap_remove(at);
        } else {
            let now = listed(have.gpus.iter().map(|gpu| gpu.model.clone()));
            drifts.push(
                drift(DriftKind::GpuGone).with("gpu", &gpu.model).with("memory", gpu.vram).with("now", now),
            );
        }
    }
    let memory = |profile: &HardwareProfile| profile.memory.total.bytes().div_ceil(GIB);
    if memory(have) < memory(had) {
        drifts
            .push(drift(DriftKind::MemoryLess).with("had", had.memory.total).with("have", have.memory.total));
    }
    if (&had.cpu.model, had.cpu.architecture.as_str()) != (&have.cpu.model, have.cpu.architecture.as_str())
        || have.cpu.cores < had.cpu.cores
    {
        let text = |profile: &HardwareProfile| format!("{} ({})", profile.cpu.model, profile.cpu.cores);
        drifts.push(drift(DriftKind::ProcessorChanged).with("had", text(had)).with("have", text(have)));
    }
    drifts
}

#[cfg(test)]
mod tests {
    use super::differences;
    use las_types::{ByteSize, DriftKind, HardwareProfile};

    fn recorded(name: &str) -> HardwareProfile {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/profiles").join(name);
        las_hardware::load_recorded(path).unwrap()
    }

    fn kinds(had: &HardwareProfile, have: &HardwareProfile) -> Vec<DriftKind> {
        differences(had, have).into_iter().map(|drift| drift.kind).collect()
    }

    #[test]
    fn what_a_machine_loses_is_a_drift_and_what_it_gains_is_none() {
        let had = recorded(GPU_MACHINE);
        assert_eq!(kinds(&had, &had), []);
        let mut have = had.clone();
        have.gpus.clear();
        assert_eq!(kinds(&had, &have), vec![DriftKind::GpuGone; had.gpus.len()]);
        assert_eq!(kinds(&have, &had), [], "more is no drift");
        let mut other = had.clone();
        other.gpus[0].model = "another".to_owned();
        assert_eq!(kinds(&had, &other), [DriftKind::GpuGone]);
        let mut less = had.clone();
        less.memory.total = ByteSize::new(had.memory.total.bytes() / 2);
        assert_eq!(kinds(&had, &less), [DriftKind::MemoryLess]);
        let mut kernel = had.clone();
        kernel.memory.total = ByteSize::new(had.memory.total.bytes() - 4096);
        assert_eq!(kinds(&had, &kernel), [], "another kernel keeps some pages for itself");
        let mut slower = had.clone();
        slower.cpu.cores -= 1;
        assert_eq!(kinds(&had, &slower), [DriftKind::ProcessorChanged]);
    }

    const GPU_MACHINE: &str = "rtx-4090-24gb.json";
}
