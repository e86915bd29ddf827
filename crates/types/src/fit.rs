//! How a model stands to a machine: how much memory it takes where, whether that is there, and how fast it may be.

use crate::{
    ByteSize, CacheType, Digest, MemoryEstimate, ModelFit, ParameterCount, RepositoryId, RepositoryPath,
    SourceName, Timestamp,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What an estimate was made from, from the surest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FitBasis {
    /// It was loaded so before, and its peak was kept.
    Measured,
    /// The file's own header.
    Header,
    /// The size of the file, or what that follows from, and the published shape of the model.
    Shape,
    /// The size of the file alone.
    Size,
    /// The number of parameters alone.
    Parameters,
}

/// A place that holds a part of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FitDevice {
    /// Main memory; also where a GPU works in it.
    Main,
    /// A GPU with memory of its own.
    Gpu {
        /// Its place in its driver's list.
        index: u32,
        /// Its name.
        model: String,
    },
}

/// What one place holds of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DevicePart {
    /// Where.
    pub device: FitDevice,
    /// How many layers.
    pub layers: u32,
    /// What these, their keys and values, and the work take.
    pub needs: ByteSize,
    /// What models may take there.
    pub room: ByteSize,
}

/// With less of what a model fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FitLimit {
    /// Some layers stay in main memory.
    GpuLayers {
        /// Those on GPUs.
        on_gpu: u32,
        /// All of them.
        of: u32,
    },
    /// A shorter context.
    Context {
        /// What fits, in tokens.
        tokens: u32,
        /// What was asked for.
        asked: u32,
    },
    /// The model knows no longer context, whatever the memory.
    Trained {
        /// Its longest, in tokens.
        tokens: u32,
        /// What was asked for.
        asked: u32,
    },
    /// Keys and values in a smaller type.
    Cache {
        /// The type.
        cache: CacheType,
    },
}

/// What would fit in place of what doesn't.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FitOffer {
    /// The quantisation.
    pub quantisation: String,
    /// The file that has it, where one is known.
    pub file: Option<RepositoryPath>,
    /// The longest context with it of those that were tried, in tokens.
    pub context: u32,
    /// What it takes so.
    pub needs: ByteSize,
}

/// Whether a model fits, with what, and what stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FitVerdict {
    /// In a word.
    pub fit: ModelFit,
    /// With less of what; empty unless it fits with limits.
    pub limits: Vec<FitLimit>,
    /// How much memory is missing for what was asked for; none where it fits.
    pub lacks: Option<ByteSize>,
    /// The most parameters that the policies allow, where it has more.
    pub allowed: Option<ParameterCount>,
    /// What would fit, where it does not.
    pub offer: Option<FitOffer>,
    /// Whether both ends of the estimate lead to the same word.
    pub sure: bool,
}

/// A model in certain places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FitPlacement {
    /// What it was judged by.
    pub basis: FitBasis,
    /// The verdict.
    pub verdict: FitVerdict,
    /// The context of one conversation that the figures are for, in tokens: what fits, or what was asked for.
    pub context: u32,
    /// The type of keys and values that they are for.
    pub cache: CacheType,
    /// What it takes in all, by part.
    pub memory: MemoryEstimate,
    /// It takes no less than this.
    pub least: ByteSize,
    /// It takes no more than this.
    pub most: ByteSize,
    /// What lies where.
    pub parts: Vec<DevicePart>,
}

/// How fast a model may answer, in thousandths of a token a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SpeedRange {
    /// With a full context, and memory that is read slower than it can be.
    pub least: u64,
    /// With an empty context, and memory that is read as fast as it can be.
    pub most: u64,
}

/// Why nothing is said of how fast a model would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SpeedUnknown {
    /// It does not fit.
    TooLarge,
    /// Nobody measured at which rate memory is read.
    NotMeasured,
}

/// What was measured when a model was loaded: the most that it took, and how fast it answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MeasuredLoad {
    /// The digest of the model's bytes.
    pub model: Digest,
    /// The digest of the engine's module.
    pub engine: Digest,
    /// The machine: [`crate::HardwareProfile::identity`].
    pub machine: Digest,
    /// Layers on GPUs.
    pub gpu_layers: u32,
    /// Context of one conversation, in tokens.
    pub context: u32,
    /// Conversations at once.
    pub parallel: u32,
    /// Type of keys and values.
    pub cache: CacheType,
    /// The most main memory that the engine's process ever had.
    pub peak: ByteSize,
    /// How fast it wrote, in thousandths of a token a second; none where it wrote too little to say.
    pub speed: Option<u64>,
    /// When it was measured last.
    pub measured_at: Timestamp,
}

/// How one model stands to this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelFitReport {
    /// Its name here, if it is installed.
    pub name: Option<String>,
    /// Its repository.
    pub id: Option<RepositoryId>,
    /// Who says so.
    pub source: Option<SourceName>,
    /// Its file there, the first of several.
    pub file: Option<RepositoryPath>,
    /// Its quantisation, as header or name say.
    pub quantisation: Option<String>,
    /// Its parameters, counted or as its maker says.
    pub parameters: Option<ParameterCount>,
    /// The size of its files; where that isn't published, what follows from its parameters.
    pub size: ByteSize,
    /// Conversations at once.
    pub parallel: u32,
    /// As the engine that is shipped would hold it: in main memory.
    pub here: FitPlacement,
    /// As an engine would that uses the GPUs with memory of their own; none where there are none.
    pub with_gpus: Option<FitPlacement>,
    /// How fast it may answer as it is held here.
    pub speed: Option<SpeedRange>,
    /// Why that is not known.
    pub speed_unknown: Option<SpeedUnknown>,
    /// What was measured of exactly this.
    pub measured: Option<MeasuredLoad>,
}
