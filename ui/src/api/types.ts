// Generated from crates/api by `./x bindings`. Do not edit.

export type Ability = "chat" | "tools" | "json" | "embeddings" | "adapter";

export type Absence = { 
/**
 * Which: `gpu-nvidia`, `gpu-amd`, `gpu-intel`, `npu`, `docker`, `podman`.
 */
part: string, 
/**
 * Why, as a key of `locales/`: `absent-<reason>`: `no-device`, `no-driver`, `no-library`,
 * `driver-mismatch`, `driver-error`, `no-node`, `no-device-permission`, `no-socket`, `no-permission`,
 * `no-answer`.
 */
reason: string, 
/**
 * What the system said, if anything.
 */
detail: string | null, };

export type AdapterFacts = { 
/**
 * `lora` …
 */
kind: string, 
/**
 * How strongly it changes its base, as the file writes it.
 */
alpha: string | null, 
/**
 * Its rank: the width between its two factors, the most that any tensor has.
 */
rank: number | null, 
/**
 * The model that it was made for, as its maker names it. A claim, not a proof.
 */
base_name: string | null, 
/**
 * The repository of that model, as its maker names it. A claim, not a proof.
 */
base_repository: RepositoryId | null, };

export type Adoption = { 
/**
 * Whose it is.
 */
tool: ModelTool, 
/**
 * How it was taken.
 */
by: AdoptionMethod, 
/**
 * What that tool calls it: `owner/name` of a hub, `name:tag` of Ollama.
 */
id: string | null, 
/**
 * The commit or branch, where the layout says.
 */
revision: string | null, };

export type AdoptionMethod = "reflink" | "hard-link" | "reference" | "present" | "copy";

export type Allowance = { 
/**
 * Largest model.
 */
max_model_size: ParameterCount | null, 
/**
 * Engines that may run.
 */
runtimes: Array<string> | null, 
/**
 * Features that may be used.
 */
features: Array<string> | null, 
/**
 * Models loaded at once.
 */
max_loaded_models: number | null, 
/**
 * Conversations at once with one model.
 */
max_parallel: number | null, 
/**
 * Main memory that loaded models take together.
 */
max_memory: ByteSize | null, 
/**
 * GPU memory that loaded models take together.
 */
max_vram: ByteSize | null, };

export type ArchiveFormat = "tar" | "tar-gz" | "tar-xz" | "tar-zst" | "zip";

export type Arrival = { "kind": "shipped" } | { "kind": "imported", 
/**
 * Where that was.
 */
path: string, } | { "kind": "adopted", 
/**
 * Where its file is.
 */
path: string, 
/**
 * Whose it is, and how it was taken.
 */
adoption: Adoption, } | { "kind": "pulled", 
/**
 * Which.
 */
origin: ModelOrigin, };

export type ArtefactFile = { 
/**
 * Path within the artefact.
 */
path: string, 
/**
 * Size.
 */
size: ByteSize, 
/**
 * Digest, without prefix.
 */
sha256: string, 
/**
 * Whether it is a program.
 */
executable: boolean, 
/**
 * For a symbolic link: where it leads, relative to where it lies. Its digest is that of this text, its size 0.
 */
link?: string, };

export type AuditCheckpoint = { 
/**
 * How many lines it stands for.
 */
count: number, 
/**
 * Hash of the last of them.
 */
head: string, 
/**
 * The public key (Ed25519), in hexadecimal digits.
 */
key: string, 
/**
 * The signature, in hexadecimal digits.
 */
signature: string, };

export type AuditLine = { 
/**
 * Its place, from 1, without gaps.
 */
sequence: number, 
/**
 * When the operation ended.
 */
at: string, 
/**
 * The operation; the token where one was made or revoked; `-` for what happened to the database itself.
 */
operation: string, 
/**
 * Who approved it.
 */
actor: string, 
/**
 * What it was for, as the command's name.
 */
command: string, 
/**
 * How it ended: the state, and for one that failed the reason after a space, as JSON.
 */
outcome: string, 
/**
 * The reason as it stands in the outcome, to be shown in words.
 */
failure: ErrorBody | null, 
/**
 * Digest of the plan's content.
 */
plan_digest: string, 
/**
 * The generation it made.
 */
generation: GenerationNumber | null, 
/**
 * Hash of the line before.
 */
previous: string, 
/**
 * Its own hash.
 */
hash: string, };

export type AuditListRequest = { 
/**
 * At most so many, the latest of them; all if absent.
 */
limit: number | null, 
/**
 * Only lines before this one.
 */
before: number | null, };

export type AuditVerification = { 
/**
 * How many lines it has.
 */
count: number, 
/**
 * Hash of the last; none without lines.
 */
head: string | null, 
/**
 * How many of them the anchor beside the database stands for; none without an anchor.
 */
anchored: number | null, 
/**
 * Whether the anchor is signed with this machine's key.
 */
anchor_signed: boolean, 
/**
 * The signed checkpoints.
 */
checkpoints: Array<AuditCheckpoint>, 
/**
 * The public keys (Ed25519) of their signatures.
 */
keys: Array<string>, 
/**
 * Every line fits, none is missing, and every signature holds.
 */
ok: boolean, 
/**
 * What is wrong, if something is.
 */
failure: ErrorBody | null, };

export type BackendBuffer = { 
/**
 * The device: `CPU`, `CUDA0`, `Vulkan0` …
 */
device: string, 
/**
 * For what: `model`, `kv`, `compute`, `output`.
 */
purpose: string, 
/**
 * How much.
 */
size: ByteSize, };

export type Battery = { 
/**
 * What it does.
 */
state: BatteryState, 
/**
 * How full it is, 0 to 100.
 */
percent: number | null, };

export type BatteryState = "discharging" | "charging" | "idle" | "unknown";

export type ById = { 
/**
 * The id.
 */
id: string, };

export type ByName = { 
/**
 * The name.
 */
name: ModuleName, };

export type ByNumber = { 
/**
 * The number.
 */
number: GenerationNumber, };

export type BySecretName = { 
/**
 * The name.
 */
name: SecretHandle, };

export type BySequence = { 
/**
 * The place, from 1.
 */
sequence: number, };

export type ByteSize = number;

export type CacheType = "f32" | "f16" | "bf16" | "q8_0" | "q5_1" | "q5_0" | "q4_1" | "q4_0" | "iq4_nl";

export type Caches = { 
/**
 * Data, first level.
 */
l1d: ByteSize, 
/**
 * Second level.
 */
l2: ByteSize, 
/**
 * Third level, shared by the cores of one complex.
 */
l3: ByteSize, };

export type CapabilityRequest = { 
/**
 * `tier`, `model-size`, `runtime:NAME`, `feature:NAME`, `privilege:NAME` or `mode:NAME`.
 */
capability: string, };

export type CapabilitySet = { 
/**
 * The policy set that was evaluated.
 */
set: string, 
/**
 * The one tier of this machine.
 */
tier: Tier, 
/**
 * Why that tier.
 */
reasons: Array<Reason>, 
/**
 * What the next higher tier would ask; empty in the highest.
 */
next_tier: Array<Reason>, 
/**
 * No rule gave a tier, so the safest was taken.
 */
in_a_hole: boolean, 
/**
 * Largest model by parameters, if limited.
 */
max_model_size: ParameterCount | null, 
/**
 * Models loaded at once, if limited.
 */
max_loaded_models: number | null, 
/**
 * Conversations at once with one model, if limited.
 */
max_parallel: number | null, 
/**
 * Main memory that loaded models take together, if limited.
 */
max_memory: ByteSize | null, 
/**
 * GPU memory that loaded models take together, if limited.
 */
max_vram: ByteSize | null, 
/**
 * Each runtime and feature that a rule names, with its verdict.
 */
verdicts: Array<Verdict>, };

export type Category = "language" | "runtime" | "framework" | "service" | "application" | "tool" | "model";

export type CgroupVersion = "v1" | "hybrid" | "v2" | "unknown";

export type ChatTemplateView = { 
/**
 * Its name; `default` is the main one.
 */
name: string, 
/**
 * SHA-256 of its bytes, as it was pinned when the model came.
 */
digest: Digest, 
/**
 * The template, in Jinja.
 */
text: string, };

export type Code = string;

export type Commit = string;

export type Comparison = "at_least" | "below" | "is" | "one_of" | "all_of" | "none_of" | "always";

export type Conditions = { 
/**
 * Largest GPU has at least this memory of its own.
 */
gpu_vram_min?: ByteSize, 
/**
 * Largest GPU has less than this memory of its own; a machine without GPU has zero.
 */
gpu_vram_max?: ByteSize, 
/**
 * At least so many GPUs with memory of their own, each with `gpu_vram_min` where that is stated.
 */
gpu_count_min?: number, 
/**
 * Fewer than so many GPUs, counted like `gpu_count_min`.
 */
gpu_count_max?: number, 
/**
 * At least this much main memory.
 */
ram_min?: ByteSize, 
/**
 * Less than this much main memory.
 */
ram_max?: ByteSize, 
/**
 * GPUs are joined by NVLink, or are not.
 */
nvlink?: boolean, 
/**
 * A GPU shares at least this much main memory; zero where none does.
 */
unified_memory_min?: ByteSize, 
/**
 * GPUs share less than this much main memory.
 */
unified_memory_max?: ByteSize, 
/**
 * Main memory is read at this rate a second at least; zero until it was measured.
 */
bandwidth_min?: ByteSize, 
/**
 * Main memory is read at less than this rate a second.
 */
bandwidth_max?: ByteSize, 
/**
 * All GPUs together have at least this memory of their own.
 */
gpu_vram_total_min?: ByteSize, 
/**
 * All GPUs together have less than this memory of their own.
 */
gpu_vram_total_max?: ByteSize, 
/**
 * A GPU of one of these makers: `nvidia`, `amd`, `intel`.
 */
gpu_vendor?: Names, 
/**
 * A GPU of one of these models.
 */
gpu_model?: Names, 
/**
 * A GPU of one of these targets: `9.0`, `gfx1100`.
 */
gpu_target?: Names, 
/**
 * The best CUDA compute capability is at least this.
 */
compute_capability_min?: Release, 
/**
 * The best CUDA compute capability is below this.
 */
compute_capability_max?: Release, 
/**
 * A GPU's driver has at least this version.
 */
driver_min?: Release, 
/**
 * GPU drivers have versions below this.
 */
driver_max?: Release, 
/**
 * A driver serves at least this version of CUDA.
 */
cuda_min?: Release, 
/**
 * Drivers serve versions of CUDA below this.
 */
cuda_max?: Release, 
/**
 * A GPU's PCIe link is of this generation at least.
 */
pcie_generation_min?: number, 
/**
 * GPUs' PCIe links are of a generation below this.
 */
pcie_generation_max?: number, 
/**
 * A GPU's PCIe link has at least so many lanes.
 */
pcie_width_min?: number, 
/**
 * GPUs' PCIe links have fewer lanes.
 */
pcie_width_max?: number, 
/**
 * GPUs are joined by xGMI, or are not.
 */
xgmi?: boolean, 
/**
 * A neural processor with one of these drivers: `intel_vpu`, `amdxdna`.
 */
npu?: Names, 
/**
 * At least so many neural processors.
 */
npu_count_min?: number, 
/**
 * Fewer neural processors.
 */
npu_count_max?: number, 
/**
 * At least so many physical cores.
 */
cpu_cores_min?: number, 
/**
 * Fewer physical cores.
 */
cpu_cores_max?: number, 
/**
 * At least so many hardware threads that may be used.
 */
cpu_threads_min?: number, 
/**
 * Fewer hardware threads.
 */
cpu_threads_max?: number, 
/**
 * At least so many sockets.
 */
cpu_sockets_min?: number, 
/**
 * Fewer sockets.
 */
cpu_sockets_max?: number, 
/**
 * At least so many NUMA nodes.
 */
numa_nodes_min?: number, 
/**
 * Fewer NUMA nodes.
 */
numa_nodes_max?: number, 
/**
 * A third-level cache of at least this size.
 */
cpu_cache_min?: ByteSize, 
/**
 * A smaller third-level cache.
 */
cpu_cache_max?: ByteSize, 
/**
 * The processor has all of these: `avx2`, `neon`.
 */
cpu_features?: Names, 
/**
 * The processor's maker, as it names itself.
 */
cpu_vendor?: Names, 
/**
 * The processor's model, as it names itself.
 */
cpu_model?: Names, 
/**
 * The architecture: `x86_64`, `aarch64`.
 */
arch?: Names, 
/**
 * The machine is a virtual one, or is not.
 */
virtual_machine?: boolean, 
/**
 * At least this much main memory was available when the machine was looked at.
 */
ram_available_min?: ByteSize, 
/**
 * Less main memory was available.
 */
ram_available_max?: ByteSize, 
/**
 * At least this much swap.
 */
swap_min?: ByteSize, 
/**
 * Less swap.
 */
swap_max?: ByteSize, 
/**
 * A container's or service's limit bounds main memory, or none does.
 */
memory_limited?: boolean, 
/**
 * The largest volume has at least this size.
 */
disk_size_min?: ByteSize, 
/**
 * The largest volume is smaller.
 */
disk_size_max?: ByteSize, 
/**
 * A volume had at least this much free space when the machine was looked at.
 */
disk_free_min?: ByteSize, 
/**
 * No volume had this much free space.
 */
disk_free_max?: ByteSize, 
/**
 * A volume is read at this rate a second at least; zero until one was measured.
 */
disk_rate_min?: ByteSize, 
/**
 * Volumes are read at less than this rate a second.
 */
disk_rate_max?: ByteSize, 
/**
 * A volume of one of these kinds: `nvme`, `ssd`, `hdd`, `network`, `memory`, `unknown`.
 */
disk_kind?: Names, 
/**
 * A volume with one of these file systems.
 */
filesystem?: Names, 
/**
 * The distribution's identifier: `debian`, `ubuntu`.
 */
os?: Names, 
/**
 * The system's version is at least this.
 */
os_version_min?: Release, 
/**
 * The system's version is below this.
 */
os_version_max?: Release, 
/**
 * The kernel is at least this.
 */
kernel_min?: Release, 
/**
 * The kernel is below this.
 */
kernel_max?: Release, 
/**
 * The Landlock ABI is at least this.
 */
landlock_min?: number, 
/**
 * The Landlock ABI is below this.
 */
landlock_max?: number, 
/**
 * A user without privileges may make namespaces, or it isn't known that they may.
 */
user_namespaces?: boolean, 
/**
 * System calls can be filtered, or it isn't known that they can.
 */
seccomp?: boolean, 
/**
 * Control groups of one of these versions: `v1`, `hybrid`, `v2`, `unknown`.
 */
cgroup?: Names, 
/**
 * The machine has a battery, or has none.
 */
battery?: boolean, 
/**
 * The machine runs from its battery, or doesn't.
 */
on_battery?: boolean, 
/**
 * The battery is at least so full, in percent; 100 without one.
 */
battery_percent_min?: number, 
/**
 * The battery is less full.
 */
battery_percent_max?: number, 
/**
 * The network is one of these: `online`, `local`, `offline`, `unknown`.
 */
network?: Names, 
/**
 * One of these container engines answers: `docker`, `podman`.
 */
container_engine?: Names, 
/**
 * One of these was looked for and not found, or can't be used: `gpu-nvidia`, `podman`.
 */
absent?: Names, };

export type ConfigOrigin = { "kind": "default" } | { "kind": "file", 
/**
 * Which.
 */
path: string, 
/**
 * Its line, from 1.
 */
line: number, } | { "kind": "environment", 
/**
 * Which.
 */
name: string, } | { "kind": "flag", 
/**
 * Which.
 */
name: string, };

export type ConfigView = { 
/**
 * The file.
 */
path: string, 
/**
 * Whether there is one.
 */
exists: boolean, 
/**
 * Every key, in the order in which they are shown.
 */
settings: Array<Setting>, 
/**
 * Why the file as it is now can't be accepted; what was in force before goes on.
 */
problems: Array<ErrorBody>, };

export type ContainerEngine = { 
/**
 * `docker` or `podman`.
 */
name: string, 
/**
 * Its version.
 */
version: string, 
/**
 * Its socket.
 */
socket: string, };

export type ContainerImage = { 
/**
 * Its name with its registry, without a tag.
 */
name: ImageName, 
/**
 * The digest of its manifest.
 */
digest: Digest, 
/**
 * How many bytes are fetched for it.
 */
size: ByteSize, 
/**
 * The program within it that serves; the image says which if absent.
 */
program: InnerPath | null, 
/**
 * How it serves in its container; as it does natively if absent.
 */
service: ServiceSection | null, };

export type ContainerNetwork = "none" | "published";

export type ContainerSection = { 
/**
 * Where the service's own data lies in it; without this it has none.
 */
data?: InnerPath, 
/**
 * Where its folder for one run lies, with the service's files.
 */
run?: InnerPath, 
/**
 * As whom its program runs; as whoever owns the data if absent.
 */
user?: InnerUser, 
/**
 * Whether its program may write beside the folders that are named here.
 */
writable_root: boolean, 
/**
 * Folders in memory, each with its size; what is in them ends with the run.
 */
tmpfs: { [key in InnerPath]: ByteSize }, 
/**
 * Rights of the administrator that its program needs within the container.
 */
capabilities: Array<KernelCapability>, 
/**
 * What it has of the network.
 */
network: ContainerNetwork, 
/**
 * The image of a module that comes natively, too; one whose source is an image has it there.
 */
image?: ContainerImage, };

export type ContainerSettings = { 
/**
 * The image.
 */
image: ImageName, 
/**
 * The digest of its manifest.
 */
digest: Digest, 
/**
 * How it is made, as its manifest says.
 */
section: ContainerSection, 
/**
 * The numbers that its ports have within it.
 */
inner_ports: { [key in PortName]: number }, 
/**
 * The GPUs that it is given; none where its manifest has no grant for any.
 */
gpu?: GpuGrant, };

export type Cpu = { 
/**
 * Model name, as the processor gives it.
 */
model: string, 
/**
 * Vendor, as the processor gives it.
 */
vendor: string, 
/**
 * Architecture: `x86_64`, `aarch64`.
 */
architecture: string, 
/**
 * Sockets.
 */
sockets: number, 
/**
 * Physical cores.
 */
cores: number, 
/**
 * Hardware threads that this process may use.
 */
threads: number, 
/**
 * NUMA nodes.
 */
numa_nodes: number, 
/**
 * It is a virtual machine's.
 */
virtual_machine: boolean, 
/**
 * Caches of its first core.
 */
caches: Caches, 
/**
 * Instruction features that engines choose by (`avx2`, `avx512f`, `amx_int8`, `neon` …), sorted.
 */
features: Array<string>, };

export type Deprecation = { 
/**
 * Since which day.
 */
since: string, 
/**
 * Why, in a sentence.
 */
reason: string, 
/**
 * What to use instead.
 */
superseded_by: ModuleRequest | null, };

export type DesiredModel = { 
/**
 * The model's file, the first part of a split one, or a folder of weights and what belongs to them; in `las.yaml` it may be relative to the folder of that file.
 */
path: string, 
/**
 * How it is kept.
 */
mode: ImportMode, 
/**
 * Its name here; made from the file's name if absent.
 */
name: ModuleName | null, 
/**
 * For an adapter: the model that it belongs to.
 */
base: ModuleName | null, };

export type DesiredOverride = { 
/**
 * What it is about; see [`crate::Override::capability`].
 */
capability: string, 
/**
 * What holds instead.
 */
value: string, 
/**
 * Why.
 */
reason: string, };

export type DesiredState = { 
/**
 * Modules and shipped models, with the versions that will do; the newest of them is taken.
 */
modules: Array<ModuleRequest>, 
/**
 * Files of this machine that are models.
 */
models: Array<DesiredModel>, 
/**
 * The overrides that hold, and no others; absent, they stay as they are.
 */
overrides?: Array<DesiredOverride>, };

export type DesiredText = { 
/**
 * The text.
 */
text: string, 
/**
 * Where it lies, absolute; none for a text that was pasted.
 */
path: string | null, };

export type Detail = { 
/**
 * Its key in `locales/`.
 */
key: string, 
/**
 * What the text needs, by name.
 */
args: { [key in string]: string }, };

export type DevicePart = { 
/**
 * Where.
 */
device: FitDevice, 
/**
 * How many layers.
 */
layers: number, 
/**
 * What these, their keys and values, and the work take.
 */
needs: ByteSize, 
/**
 * What models may take there.
 */
room: ByteSize, };

export type DiffRequest = { 
/**
 * The one before.
 */
from: GenerationNumber, 
/**
 * The one after; it may be the older one.
 */
to: GenerationNumber, };

export type Difference = { 
/**
 * Its name.
 */
name: ModuleName, 
/**
 * What became of it.
 */
kind: DifferenceKind, 
/**
 * What it was; none if it came.
 */
before: Exact | null, 
/**
 * What it is; none if it went.
 */
after: Exact | null, };

export type DifferenceKind = "came" | "went" | "version" | "digest" | "views";

export type Digest = string;

export type DoctorReport = { 
/**
 * Everything found; empty is healthy.
 */
findings: Array<Finding>, 
/**
 * How many things were looked at.
 */
checked: number, 
/**
 * The places for secrets, in the order in which they are asked.
 */
secret_stores: Array<SecretStoreState>, };

export type DoctorRequest = { 
/**
 * Repair what can be repaired without loss.
 */
repair: boolean, };

export type DriftOutcome = "repaired" | "pending" | "named" | "left";

export type Effect = "at_once" | "at_next_start";

export type EndpointView = { 
/**
 * Base URL for OpenAI clients, when open.
 */
base_url: string | null, 
/**
 * The unix socket of the core.
 */
socket: string, };

export type EngineReport = { 
/**
 * Its own version text.
 */
version: string, 
/**
 * The CPU variant it chose: `haswell`, `zen4` …
 */
cpu_variant: string | null, 
/**
 * Layers on a GPU and layers in all, the output among them; none where it says nothing of them.
 */
layers_on_gpu: [number, number] | null, 
/**
 * Context of one conversation, in tokens.
 */
context: number, 
/**
 * Conversations at once.
 */
parallel: number, 
/**
 * Memory by device.
 */
buffers: Array<BackendBuffer>, };

export type EngineSettings = { 
/**
 * The model's file, absolute.
 */
model_path: string, 
/**
 * The other parts of a split model, absolute, in order.
 */
more_parts?: Array<string>, 
/**
 * The file that turns pictures into what the model reads, absolute; none for a model that reads text only.
 */
projector?: string, 
/**
 * The model's digest, checked before start if the bytes are ours.
 */
model_digest: Digest, 
/**
 * Context of one conversation, in tokens.
 */
context: number, 
/**
 * Conversations at once.
 */
parallel: number, 
/**
 * Threads.
 */
threads: number, 
/**
 * Layers put on the GPU; 0 for none.
 */
gpu_layers: number, 
/**
 * Type of keys and values.
 */
cache: CacheType, 
/**
 * Adapters that belong to this model: name and absolute path, in the order of their engine ids.
 */
adapters: Array<[ModuleName, string]>, };

export type ErrorBody = { 
/**
 * What failed.
 */
code: Code, 
/**
 * What the text needs, by name.
 */
args: { [key in string]: string }, 
/**
 * What it rests on, each a sentence (`detail-<key>`).
 */
details?: Array<Detail>, 
/**
 * The operation that it happened in.
 */
operation?: OperationId, };

export type Event = { "event": "operation:progressed", 
/**
 * As it is now.
 */
operation: Operation, } | { "event": "change:waiting", 
/**
 * The plan that was approved.
 */
plan: PlanId, 
/**
 * What it waits for.
 */
behind: OperationId, } | { "event": "module:state-changed", 
/**
 * Which.
 */
module: ModuleName, 
/**
 * To what.
 */
state: ModuleState, } | { "event": "service:state-changed", 
/**
 * As it is now.
 */
service: ServiceStatus, } | { "event": "generation:made", 
/**
 * Which.
 */
number: GenerationNumber, } | { "event": "drift:found", 
/**
 * How many things somebody still has to do something about.
 */
open: number, 
/**
 * How many were put right.
 */
repaired: number, } | { "event": "config:changed", } | { "event": "events:missed", 
/**
 * How many.
 */
count: number, };

export type Exact = { 
/**
 * The version.
 */
version: Version, 
/**
 * The digest.
 */
digest: Digest, };

export type ExecutionPlan = { 
/**
 * Its id.
 */
id: PlanId, 
/**
 * When it was made.
 */
made_at: string, 
/**
 * What it is for.
 */
intent: Intent, 
/**
 * The generation it was made from; with another current one it is stale.
 */
base: GenerationNumber, 
/**
 * What is done, in order.
 */
steps: Array<PlanStep>, 
/**
 * The sums.
 */
totals: PlanTotals, 
/**
 * Hosts contacted over a network.
 */
hosts: Array<string>, 
/**
 * Ports opened.
 */
ports: Array<number>, 
/**
 * Licences of what is installed, `name: licence`.
 */
licenses: Array<string>, 
/**
 * Whether administrator rights are needed.
 */
needs_administrator: boolean, 
/**
 * What will be installed afterwards.
 */
outcome: Array<Installed>, 
/**
 * Things a person should know; texts are `note-<key>` in `locales/`.
 */
notes: Array<Note>, 
/**
 * The operation that it takes up again.
 */
resumes?: OperationId, 
/**
 * What a desired state does to the overrides.
 */
overrides?: Array<PlannedOverride>, };

export type Exit = { "kind": "status", 
/**
 * 0 if all was well.
 */
number: number, } | { "kind": "signal", 
/**
 * Which.
 */
number: number, };

export type FileRole = "weights" | "index" | "config" | "tokenizer" | "template" | "projector";

export type Finding = { 
/**
 * Its key in `locales/`.
 */
key: string, 
/**
 * What the text needs.
 */
args: { [key in string]: string }, 
/**
 * What it rests on, each a sentence (`detail-<key>`).
 */
details?: Array<Detail>, 
/**
 * Whether it was repaired, now or at the core's start.
 */
repaired: boolean, 
/**
 * What was done; text `drift-outcome-<outcome>`.
 */
outcome: DriftOutcome, 
/**
 * When the same thing was repaired before without being asked, oldest first.
 */
repairs: Array<string>, 
/**
 * When it is repaired again, if it is left until then.
 */
again_at: string | null, };

export type FitBasis = "measured" | "header" | "shape" | "size" | "parameters";

export type FitDevice = { "kind": "main" } | { "kind": "gpu", 
/**
 * Its place in its driver's list.
 */
index: number, 
/**
 * Its name.
 */
model: string, };

export type FitLimit = { "kind": "gpu_layers", 
/**
 * Those on GPUs.
 */
on_gpu: number, 
/**
 * All of them.
 */
of: number, } | { "kind": "context", 
/**
 * What fits, in tokens.
 */
tokens: number, 
/**
 * What was asked for.
 */
asked: number, } | { "kind": "trained", 
/**
 * Its longest, in tokens.
 */
tokens: number, 
/**
 * What was asked for.
 */
asked: number, } | { "kind": "cache", 
/**
 * The type.
 */
cache: CacheType, };

export type FitOffer = { 
/**
 * The quantisation.
 */
quantisation: string, 
/**
 * The file that has it, where one is known.
 */
file: RepositoryPath | null, 
/**
 * The longest context with it of those that were tried, in tokens.
 */
context: number, 
/**
 * What it takes so.
 */
needs: ByteSize, };

export type FitPlacement = { 
/**
 * What it was judged by.
 */
basis: FitBasis, 
/**
 * The verdict.
 */
verdict: FitVerdict, 
/**
 * The context of one conversation that the figures are for, in tokens: what fits, or what was asked for.
 */
context: number, 
/**
 * The type of keys and values that they are for.
 */
cache: CacheType, 
/**
 * What it takes in all, by part.
 */
memory: MemoryEstimate, 
/**
 * It takes no less than this.
 */
least: ByteSize, 
/**
 * It takes no more than this.
 */
most: ByteSize, 
/**
 * What lies where.
 */
parts: Array<DevicePart>, };

export type FitVerdict = { 
/**
 * In a word.
 */
fit: ModelFit, 
/**
 * With less of what; empty unless it fits with limits.
 */
limits: Array<FitLimit>, 
/**
 * How much memory is missing for what was asked for; none where it fits.
 */
lacks: ByteSize | null, 
/**
 * The most parameters that the policies allow, where it has more.
 */
allowed: ParameterCount | null, 
/**
 * What would fit, where it does not.
 */
offer: FitOffer | null, 
/**
 * Whether both ends of the estimate lead to the same word.
 */
sure: boolean, };

export type FoundModelView = { 
/**
 * How it stands to this machine; none where neither its size nor its parameters are published.
 */
fit: ModelFit | null, 
/**
 * Where.
 */
source: SourceName, 
/**
 * Its repository there.
 */
id: RepositoryId, 
/**
 * What it is for.
 */
task: string | null, 
/**
 * Its licence.
 */
licence: string | null, 
/**
 * Words it is filed under.
 */
tags: Array<string>, 
/**
 * In which formats it is there, as far as the source says.
 */
formats: Array<WeightsFormat>, 
/**
 * Parameters, if the source says.
 */
parameters: ParameterCount | null, 
/**
 * Bytes of its smallest form, if the source says.
 */
size: ByteSize | null, 
/**
 * How often it was fetched, as the source counts.
 */
downloads: number | null, 
/**
 * When it was last changed.
 */
changed: string | null, 
/**
 * Who gets it.
 */
gate: Gate, };

export type Gate = "open" | "agreement" | "request" | "private";

export type Generation = { 
/**
 * Version of this form; 1.
 */
schema: number, 
/**
 * Its number.
 */
number: GenerationNumber, 
/**
 * The operation that made it; none for generation 0.
 */
operation: OperationId | null, 
/**
 * When.
 */
made_at: string, 
/**
 * What it was made for, as the command's name.
 */
command: string, 
/**
 * What is installed, sorted by name.
 */
items: Array<Installed>, };

export type GenerationDiff = { 
/**
 * The one before.
 */
from: GenerationNumber, 
/**
 * The one after.
 */
to: GenerationNumber, 
/**
 * What differs, sorted by name; empty if both hold the same.
 */
differences: Array<Difference>, };

export type GenerationNumber = number;

export type GenerationView = { 
/**
 * Its number.
 */
number: GenerationNumber, 
/**
 * Whether it is the current one.
 */
current: boolean, 
/**
 * When it was made.
 */
made_at: string, 
/**
 * The command that made it.
 */
command: string, 
/**
 * The operation that made it.
 */
operation: OperationId | null, 
/**
 * What is installed.
 */
items: Array<Installed>, };

export type Gpu = { 
/**
 * Its place in the driver's list.
 */
index: number, 
/**
 * Who made it.
 */
vendor: GpuVendor, 
/**
 * Model name, or the PCI id where no name is known.
 */
model: string, 
/**
 * Its own memory; zero for one that shares main memory.
 */
vram: ByteSize, 
/**
 * Free of it now.
 */
vram_free: ByteSize, 
/**
 * PCI address.
 */
pci_address: string | null, 
/**
 * Driver and its version.
 */
driver: string | null, 
/**
 * CUDA compute capability (`9.0`) or gfx target (`gfx1100`).
 */
target: string | null, 
/**
 * Peers joined by NVLink, as indices.
 */
nvlink_peers: Array<number>, 
/**
 * Peers joined by xGMI (AMD's Infinity Fabric), as indices.
 */
xgmi_peers: Array<number>, 
/**
 * The newest runtime that the driver serves: `CUDA 12.8`.
 */
runtime: string | null, 
/**
 * The best PCIe link it can have; an idle one is often slower.
 */
pcie: PcieLink | null, 
/**
 * It works in main memory: an integrated GPU, a Jetson, a GB10.
 */
unified_memory: boolean, };

export type GpuGrant = { 
/**
 * Those who made them; nobody on a machine without one.
 */
vendors: Array<GpuVendor>, 
/**
 * Whether its manifest says that it needs one; otherwise it runs without, too.
 */
required: boolean, };

export type GpuVendor = "nvidia" | "amd" | "intel";

export type HardwareProfile = { 
/**
 * Version of this form; 1.
 */
schema: number, 
/**
 * Where it comes from.
 */
source: ProfileSource, 
/**
 * When it was taken.
 */
taken_at: string, 
/**
 * The processor.
 */
cpu: Cpu, 
/**
 * Main memory.
 */
memory: Memory, 
/**
 * Every GPU found, in the driver's order.
 */
gpus: Array<Gpu>, 
/**
 * Every neural processor found, in the kernel's order.
 */
npus: Array<Npu>, 
/**
 * Every mounted volume that can hold data.
 */
volumes: Array<Volume>, 
/**
 * The operating system.
 */
os: OperatingSystem, 
/**
 * What the kernel offers to confine a process with.
 */
sandbox: Sandbox, 
/**
 * How far the network reaches, as its interfaces and routes say.
 */
network: NetworkMode, 
/**
 * The battery; none in a machine that always runs from the mains.
 */
battery: Battery | null, 
/**
 * Container engines that answer.
 */
container_engines: Array<ContainerEngine>, 
/**
 * What was looked for and not found, each with the reason.
 */
absent: Array<Absence>, };

export type HealthView = { 
/**
 * Always true: a process that does not live does not answer.
 */
alive: boolean, };

export type ImageName = string;

export type ImportMode = "copy" | "reference";

export type InnerPath = string;

export type InnerUser = string;

export type Installed = { 
/**
 * Its name.
 */
name: ModuleName, 
/**
 * Its category.
 */
category: Category, 
/**
 * Its version; of an imported model the first twelve digits of its digest as build (`0.0.0+…`).
 */
version: Version, 
/**
 * Digest of its bytes: of the one file of a model, of the list of files of a module.
 */
digest: Digest, 
/**
 * Bytes on disk.
 */
size: ByteSize, 
/**
 * Where it lies.
 */
placement: Placement, 
/**
 * Where its bytes came from.
 */
source: Source, 
/**
 * Its licence.
 */
license: string | null, 
/**
 * The program that serves and proves it, within its files.
 */
program: string | null, 
/**
 * For a model: what its header says.
 */
model: ModelFacts | null, 
/**
 * For a model: where it is laid out as other tools expect it.
 */
views?: Array<LaidOut>, };

export type Intent = { "kind": "module_install", 
/**
 * Which.
 */
modules: Array<ModuleRequest>, 
/**
 * How these are to run; chosen where nobody says it.
 */
mode?: RuntimeMode, } | { "kind": "module_upgrade", 
/**
 * Which; every installed one if none is named.
 */
modules: Array<ModuleName>, } | { "kind": "module_pin", 
/**
 * Which.
 */
module: ModuleName, 
/**
 * The version.
 */
version: Version, } | { "kind": "module_unpin", 
/**
 * Which.
 */
module: ModuleName, } | { "kind": "module_rollback", 
/**
 * Which.
 */
module: ModuleName, } | { "kind": "module_remove", 
/**
 * Which.
 */
modules: Array<ModuleName>, 
/**
 * Whether the data of their services goes as well; otherwise it stays.
 */
purge: boolean, } | { "kind": "operation_resume", 
/**
 * Which operation.
 */
id: OperationId, } | { "kind": "model_import", 
/**
 * The file, absolute.
 */
path: string, 
/**
 * How it is kept.
 */
mode: ImportMode, 
/**
 * Its name here; made from the file's name if absent.
 */
name: ModuleName | null, 
/**
 * For an adapter: the model that it belongs to.
 */
base: ModuleName | null, } | { "kind": "model_adopt", 
/**
 * The files, absolute, as a scan names them.
 */
paths: Array<string>, 
/**
 * The name here, for one file; made from what its tool calls it if absent.
 */
name: ModuleName | null, 
/**
 * How they are kept; if absent by reflink, else by hard link where that is safe, else by reference.
 */
mode: ImportMode | null, } | { "kind": "model_pull", 
/**
 * Its repository.
 */
id: RepositoryId, 
/**
 * Which file of it; chosen for this machine if absent.
 */
file: RepositoryPath | null, 
/**
 * The source to ask; the first that has it if absent.
 */
source: SourceName | null, 
/**
 * A branch, a tag or a commit; what its owner shows if absent.
 */
revision: Revision | null, 
/**
 * Its name here; made from the file's name if absent.
 */
name: ModuleName | null, } | { "kind": "model_pull_address", 
/**
 * Where it lies.
 */
url: SourceUrl, 
/**
 * What it must be; refused if absent.
 */
digest: Digest | null, 
/**
 * Its name here; made from the file's name if absent.
 */
name: ModuleName | null, } | { "kind": "model_view_add", 
/**
 * Which.
 */
model: ModuleName, 
/**
 * For which tool.
 */
tool: ModelTool, 
/**
 * The folder in which that tool keeps models, absolute; its usual one if absent.
 */
folder: string | null, } | { "kind": "model_view_remove", 
/**
 * Which model.
 */
model: ModuleName, 
/**
 * For which tool; for every one if absent.
 */
tool: ModelTool | null, 
/**
 * In which folder, absolute; in every one if absent.
 */
folder: string | null, } | { "kind": "model_load", 
/**
 * Which.
 */
model: ModuleName, } | { "kind": "service_start", 
/**
 * Which.
 */
service: ServiceName, } | { "kind": "service_restart", 
/**
 * Which.
 */
service: ServiceName, } | { "kind": "service_stop", 
/**
 * Which.
 */
service: ServiceName, } | { "kind": "doctor_repair", 
/**
 * Modules and models whose files are put back.
 */
modules: Array<ModuleName>, 
/**
 * What else is put right.
 */
others: Array<Repair>, } | { "kind": "generation_rollback", 
/**
 * Which; the one before the current if absent.
 */
to: GenerationNumber | null, } | { "kind": "state_apply", 
/**
 * Everything that should be installed.
 */
desired: DesiredState, } | { "kind": "lock_apply", 
/**
 * What should be installed.
 */
lock: Lock, } | { "kind": "override_set", 
/**
 * What about, see [`crate::Override::capability`].
 */
capability: string, 
/**
 * What holds instead.
 */
value: string, 
/**
 * Why.
 */
reason: string, } | { "kind": "override_revert", 
/**
 * Which.
 */
id: OverrideId, } | { "kind": "config_set", 
/**
 * Which.
 */
key: string, 
/**
 * To what.
 */
value: string, } | { "kind": "config_unset", 
/**
 * Which.
 */
key: string, };

export type JournalEntry = { 
/**
 * Its place in the journal.
 */
sequence: number, 
/**
 * The step.
 */
step: number, 
/**
 * What happened to it.
 */
phase: JournalPhase, 
/**
 * When.
 */
at: string, 
/**
 * The failure's code, for a failed step.
 */
code: Code | null, };

export type JournalPhase = "started" | "done" | "failed" | "undoing" | "undone" | "paused";

export type Kept = "store" | "blob" | "reference";

export type KeptSecret = { 
/**
 * Its handle.
 */
name: SecretHandle, 
/**
 * The only origin that it is given to.
 */
origin: WebOrigin, 
/**
 * Where it is kept.
 */
store: SecretStoreKind, };

export type KernelCapability = "chown" | "dac_override" | "fowner" | "kill" | "setgid" | "setuid";

export type LaidContent = { "kind": "bytes", 
/**
 * Its name among the model's files; none for a model of one file.
 */
file: string | null, } | { "kind": "text", 
/**
 * It.
 */
text: string, } | { "kind": "link", 
/**
 * Where it leads, relative to where it lies.
 */
to: string, };

export type LaidFile = { 
/**
 * Its path below the view's folder.
 */
path: string, 
/**
 * What it is.
 */
content: LaidContent, };

export type LaidOut = { 
/**
 * Which tool.
 */
tool: ModelTool, 
/**
 * The folder in which that tool keeps models, absolute, with no links on the way.
 */
folder: string, 
/**
 * How its files share the model's bytes.
 */
by: ViewLink, 
/**
 * Its files, in the order in which they are made.
 */
files: Array<LaidFile>, };

export type LaidOutNow = { 
/**
 * The model.
 */
model: ModuleName, 
/**
 * What lies where each of its files should, in their order.
 */
states: Array<LaidState>, 
/**
 * Which tool.
 */
tool: ModelTool, 
/**
 * The folder in which that tool keeps models, absolute, with no links on the way.
 */
folder: string, 
/**
 * How its files share the model's bytes.
 */
by: ViewLink, 
/**
 * Its files, in the order in which they are made.
 */
files: Array<LaidFile>, };

export type LaidState = "whole" | "missing" | "outdated" | "other";

export type LastRead = { 
/**
 * When: of several files the moment of the one that was read longest ago.
 */
at: string, 
/**
 * Whether they were all as they should be.
 */
whole: boolean, };

export type LimitLevel = "partly" | "process" | "group";

export type LimitsSection = { 
/**
 * Main memory.
 */
memory?: ByteSize, 
/**
 * Time of processors, in hundredths of one: 250 is two and a half.
 */
cpu_percent?: number, 
/**
 * Processes and threads.
 */
processes?: number, 
/**
 * Files that one process has open.
 */
files?: number, 
/**
 * It is not to be started where they are not held as well as this.
 */
at_least?: LimitLevel, };

export type Lock = { 
/**
 * Version of this form; 1.
 */
schema: number, 
/**
 * What is installed, sorted by name.
 */
items: Array<LockedItem>, };

export type LockedItem = { 
/**
 * Its name.
 */
name: ModuleName, 
/**
 * Its category.
 */
category: Category, 
/**
 * Its version.
 */
version: Version, 
/**
 * Digest of its bytes.
 */
digest: Digest, 
/**
 * Their number.
 */
size: ByteSize, 
/**
 * How it is kept.
 */
kept: Kept, 
/**
 * Where its bytes come from; none for a file that somebody brought: its digest says which.
 */
source: Source | null, 
/**
 * Its licence.
 */
license: string | null, 
/**
 * The program that serves and proves it.
 */
program: string | null, 
/**
 * For a model: what its header says.
 */
model: ModelFacts | null, };

export type LogLine = { 
/**
 * When it was read.
 */
at: string, 
/**
 * Where it was said.
 */
stream: LogStream, 
/**
 * What was said, without control characters.
 */
text: string, };

export type LogPage = { 
/**
 * The lines, oldest first.
 */
lines: Array<LogLine>, 
/**
 * What to ask with for those that come after them.
 */
next: string, 
/**
 * Lines between those that were asked for and the first of these are gone, or were too many.
 */
missed: boolean, };

export type LogStream = "out" | "err" | "note";

export type MachineSummary = { 
/**
 * Physical cores.
 */
cores: number, 
/**
 * Processor model.
 */
cpu: string, 
/**
 * Main memory.
 */
memory_total: ByteSize, 
/**
 * Free of it now.
 */
memory_available: ByteSize, 
/**
 * GPUs with their memory.
 */
gpus: Array<[string, ByteSize]>, 
/**
 * Free space where the data lies.
 */
disk_free: ByteSize, 
/**
 * Detected, or read from a file.
 */
source: ProfileSource, };

export type MeasuredLoad = { 
/**
 * The digest of the model's bytes.
 */
model: Digest, 
/**
 * The digest of the engine's module.
 */
engine: Digest, 
/**
 * The machine: [`crate::HardwareProfile::identity`].
 */
machine: Digest, 
/**
 * Layers on GPUs.
 */
gpu_layers: number, 
/**
 * Context of one conversation, in tokens.
 */
context: number, 
/**
 * Conversations at once.
 */
parallel: number, 
/**
 * Type of keys and values.
 */
cache: CacheType, 
/**
 * The most main memory that the engine's process ever had.
 */
peak: ByteSize, 
/**
 * How fast it wrote, in thousandths of a token a second; none where it wrote too little to say.
 */
speed: number | null, 
/**
 * When it was measured last.
 */
measured_at: string, };

export type Measurement = { 
/**
 * Bytes a second.
 */
per_second: ByteSize, 
/**
 * When it was measured.
 */
measured_at: string, };

export type Memory = { 
/**
 * All that this process may use: the machine's, or its container's limit if that is lower.
 */
total: ByteSize, 
/**
 * Available now without swapping.
 */
available: ByteSize, 
/**
 * Swap.
 */
swap: ByteSize, 
/**
 * The container's or service's limit, if there is one.
 */
limit: ByteSize | null, 
/**
 * At which rate it is read by all cores together; none until it was measured.
 */
bandwidth: Measurement | null, };

export type MemoryEstimate = { 
/**
 * The weights.
 */
weights: ByteSize, 
/**
 * Keys and values of the context.
 */
cache: ByteSize, 
/**
 * Working buffers and the engine itself.
 */
overhead: ByteSize, 
/**
 * All of it.
 */
total: ByteSize, };

export type ModelCode = { 
/**
 * Which class of the library is replaced by which of the model's own: `AutoModel` by `modeling_x.Model`.
 */
classes: { [key in string]: string }, 
/**
 * SHA-256 over these pairs.
 */
digest: Digest, };

export type ModelFacts = { 
/**
 * Container format: `gguf` or `safetensors`.
 */
format: string, 
/**
 * Name in the header.
 */
name: string | null, 
/**
 * Architecture: `llama`, `qwen3` …
 */
architecture: string, 
/**
 * Parameters, counted from the tensors.
 */
parameters: ParameterCount, 
/**
 * Most frequent tensor type by bytes: `F32`, `Q4_K` …
 */
quantisation: string, 
/**
 * Longest context, in tokens.
 */
context: number, 
/**
 * Layers.
 */
layers: number, 
/**
 * Width of the hidden state.
 */
embedding_length: number, 
/**
 * Bytes of keys and values for one token of context, over all layers, in 16-bit floats.
 */
kv_bytes_per_token: ByteSize, 
/**
 * Bytes of all tensors.
 */
tensor_bytes: ByteSize, 
/**
 * Whether a chat template is in the header.
 */
has_chat_template: boolean, 
/**
 * Licence in the header.
 */
license: string | null, 
/**
 * What it can do.
 */
abilities: Array<Ability>, 
/**
 * For an adapter: the digest of the base that it belongs to, once it was named.
 */
base: Digest | null, 
/**
 * Made to try the way, not for work.
 */
demonstration: boolean, 
/**
 * Attention heads of a layer, the most that any has.
 */
heads: number, 
/**
 * Heads of a layer that keep keys and values, the most that any has.
 */
kv_heads: number, 
/**
 * Width of the feed-forward rows of a layer; of a model of experts, of those that work at once together.
 */
feed_forward_length: number, 
/**
 * Bytes of tensors that an engine keeps a second time in main memory, in an order that suits the processor.
 */
packed_bytes: ByteSize, 
/**
 * Layers that look back only so far.
 */
window: WindowFacts | null, 
/**
 * What layers without attention remember of one conversation, however long it is.
 */
state_bytes: ByteSize, 
/**
 * Its tokenizer, where it is in the file or beside it.
 */
tokenizer: TokenizerFacts | null, 
/**
 * SHA-256 of each chat template by its name; `default` is the main one.
 */
chat_templates: { [key in string]: Digest }, 
/**
 * SHA-256 over the names, types and shapes of all tensors.
 */
layout: Digest | null, 
/**
 * What it says as an adapter.
 */
adapter: AdapterFacts | null, 
/**
 * Code of its own that it names (`auto_map`).
 */
code: ModelCode | null, 
/**
 * The file beside the weights that turns pictures into what the model reads.
 */
projector: string | null, 
/**
 * What that takes of memory when it is loaded: its tensors, and the rows that one picture needs.
 */
projector_bytes: ByteSize, 
/**
 * Which part of a split model this file is.
 */
part: ModelPart | null, };

export type ModelFit = "fits" | "limits" | "too_large";

export type ModelFitReport = { 
/**
 * Its name here, if it is installed.
 */
name: string | null, 
/**
 * Its repository.
 */
id: RepositoryId | null, 
/**
 * Who says so.
 */
source: SourceName | null, 
/**
 * Its file there, the first of several.
 */
file: RepositoryPath | null, 
/**
 * Its quantisation, as header or name say.
 */
quantisation: string | null, 
/**
 * Its parameters, counted or as its maker says.
 */
parameters: ParameterCount | null, 
/**
 * The size of its files; where that isn't published, what follows from its parameters.
 */
size: ByteSize, 
/**
 * Conversations at once.
 */
parallel: number, 
/**
 * As the engine that is shipped would hold it: in main memory.
 */
here: FitPlacement, 
/**
 * As an engine would that uses the GPUs with memory of their own; none where there are none.
 */
with_gpus: FitPlacement | null, 
/**
 * How fast it may answer as it is held here.
 */
speed: SpeedRange | null, 
/**
 * Why that is not known.
 */
speed_unknown: SpeedUnknown | null, 
/**
 * What was measured of exactly this.
 */
measured: MeasuredLoad | null, };

export type ModelFitRequest = { 
/**
 * A model that is installed, a well-known one by its name, or a repository.
 */
id: string, 
/**
 * One file of a repository; all its models if absent.
 */
file: RepositoryPath | null, 
/**
 * The source to ask; the first that has it if absent.
 */
source: SourceName | null, 
/**
 * A branch, a tag or a commit; what its owner shows if absent.
 */
revision: string | null, 
/**
 * Context of one conversation, in tokens; what a load gives without being asked if absent.
 */
context: number | null, 
/**
 * Type of keys and values; 16-bit floats if absent.
 */
cache: CacheType | null, };

export type ModelFitView = { 
/**
 * The model, or each of a repository's.
 */
models: Array<ModelFitReport>, 
/**
 * Which of them a pull would choose, by its place among them.
 */
chosen: number | null, 
/**
 * Whether no source in a network answered, so that this is what is known without one.
 */
offline: boolean, 
/**
 * Why sources did not answer.
 */
failures: Array<ErrorBody>, };

export type ModelOrigin = { 
/**
 * The source.
 */
source: SourceName, 
/**
 * What it speaks.
 */
kind: SourceKind, 
/**
 * The repository.
 */
id: RepositoryId, 
/**
 * Which revision was asked for.
 */
revision: Revision, 
/**
 * Which state that was; none where there is no such thing.
 */
commit: Commit | null, 
/**
 * Its licence there.
 */
licence: string | null, 
/**
 * Who gets it.
 */
gate: Gate, };

export type ModelPackage = { 
/**
 * Its name here.
 */
name: ModuleName, 
/**
 * Its version here.
 */
version: Version, 
/**
 * Its weights.
 */
weights: Array<PackageFile>, 
/**
 * What belongs to them: a projector, a configuration, a tokenizer in files of its own.
 */
beside: Array<PackageFile>, 
/**
 * Code that its configuration names. It was not fetched, and nothing runs it.
 */
code: ModelCode | null, 
/**
 * Its tokenizer, where it is in the file.
 */
tokenizer: TokenizerFacts | null, 
/**
 * Its quantisation.
 */
quantisation: string, 
/**
 * Its licence: what its source says, else what its header says.
 */
license: string | null, 
/**
 * What its licence and its owner ask of whoever uses it, see [`obligations`].
 */
obligations: Array<string>, 
/**
 * How it came here.
 */
arrival: Arrival, };

export type ModelPart = { 
/**
 * Which one it is, from 1.
 */
number: number, 
/**
 * How many there are.
 */
of: number, 
/**
 * Tensors of all of them together.
 */
tensors: number, };

export type ModelRepository = { 
/**
 * Which revision was asked for.
 */
revision: Revision, 
/**
 * Which state that is; none if the source has no such thing.
 */
commit: Commit | null, 
/**
 * Longest context in tokens, if the source says.
 */
context: number | null, 
/**
 * Its files, by path.
 */
files: Array<RepositoryFile>, 
/**
 * Where.
 */
source: SourceName, 
/**
 * Its repository there.
 */
id: RepositoryId, 
/**
 * What it is for.
 */
task: string | null, 
/**
 * Its licence.
 */
licence: string | null, 
/**
 * Words it is filed under.
 */
tags: Array<string>, 
/**
 * In which formats it is there, as far as the source says.
 */
formats: Array<WeightsFormat>, 
/**
 * Parameters, if the source says.
 */
parameters: ParameterCount | null, 
/**
 * Bytes of its smallest form, if the source says.
 */
size: ByteSize | null, 
/**
 * How often it was fetched, as the source counts.
 */
downloads: number | null, 
/**
 * When it was last changed.
 */
changed: string | null, 
/**
 * Who gets it.
 */
gate: Gate, };

export type ModelRepositoryView = { 
/**
 * The repository.
 */
repository: ModelRepository, 
/**
 * What is installed from it.
 */
installed: Array<ModelPackage>, 
/**
 * Whether no source in a network answered, so that this is what is known without one.
 */
offline: boolean, 
/**
 * Why sources did not answer.
 */
failures: Array<ErrorBody>, };

export type ModelScanRequest = { 
/**
 * Only in this folder, absolute; in those of every known tool and of the configuration if absent.
 */
folder: string | null, };

export type ModelScanView = { 
/**
 * The models, tool by tool.
 */
models: Array<ScannedModelView>, 
/**
 * What could not be looked at.
 */
failures: Array<ErrorBody>, };

export type ModelSearchRequest = { 
/**
 * Words that its name holds.
 */
words: string, 
/**
 * The source to ask; all that are switched on if absent.
 */
source: SourceName | null, 
/**
 * What it is for, in the words of the hubs: `text-generation`.
 */
task: string | null, 
/**
 * In which format it is there.
 */
format: WeightsFormat | null, 
/**
 * Its licence, as SPDX writes it in lower case.
 */
licence: string | null, 
/**
 * How many bytes its smallest form may have; what says no size is not left out.
 */
at_most: number | null, 
/**
 * Only what fits, with limits or without; what says neither a size nor its parameters is left out.
 */
fits: boolean, 
/**
 * At most so many from each source; 20 if absent.
 */
limit: number | null, 
/**
 * Where the page before ended: its `next`. Only with one source.
 */
cursor: string | null, };

export type ModelSearchView = { 
/**
 * The models, source by source.
 */
models: Array<FoundModelView>, 
/**
 * Where the next page begins; none if there is none, or if more than one source was asked.
 */
next: string | null, 
/**
 * Whether no source in a network answered, so that this is what is known without one.
 */
offline: boolean, 
/**
 * Why sources did not answer.
 */
failures: Array<ErrorBody>, };

export type ModelShowRequest = { 
/**
 * Its name at the source.
 */
id: string, 
/**
 * The source to ask; the first that has it if absent.
 */
source: SourceName | null, 
/**
 * A branch, a tag or a commit; what its owner shows if absent.
 */
revision: string | null, };

export type ModelTool = "hugging-face" | "ollama" | "lm-studio" | "jan" | "comfyui" | "folder";

export type ModelVerification = { 
/**
 * Which.
 */
name: ModuleName, 
/**
 * What is wrong, if anything.
 */
failure: ErrorBody | null, };

export type ModelView = { 
/**
 * Its name.
 */
name: ModuleName, 
/**
 * Its version.
 */
version: Version, 
/**
 * Bytes on disk.
 */
size: ByteSize, 
/**
 * Digest of its file.
 */
digest: string, 
/**
 * Where it lies.
 */
placement: Placement, 
/**
 * What its header says.
 */
facts: ModelFacts, 
/**
 * The service that has it loaded.
 */
loaded: ServiceState | null, 
/**
 * For an adapter: the installed model it belongs to.
 */
base: ModuleName | null, 
/**
 * What is kept of it: weights, checksums, licence, origin.
 */
package: ModelPackage, 
/**
 * When its bytes were last read, and whether they were whole; none where they never were since its files are as they are.
 */
last_read: LastRead | null, };

export type ModuleListRequest = { 
/**
 * Only this category.
 */
category: Category | null, };

export type ModuleName = string;

export type ModuleRequest = string;

export type ModuleSearchRequest = { 
/**
 * Words, each of which must be found; no letter's case counts.
 */
words: string, 
/**
 * The language of the asker, in which the words may be as well (BCP 47); English if absent.
 */
language: string | null, };

export type ModuleState = "available" | "resolved" | "installed" | "running" | "stopped" | "failed" | "deprecated";

export type ModuleView = { 
/**
 * Its name.
 */
name: ModuleName, 
/**
 * Its category.
 */
category: Category, 
/**
 * One sentence.
 */
description: string, 
/**
 * Licence of the newest version.
 */
license: string | null, 
/**
 * Versions in the registry, newest first.
 */
versions: Array<Version>, 
/**
 * The version installed.
 */
installed: Version | null, 
/**
 * The version that it is held at.
 */
pinned: Version | null, 
/**
 * The version that going back would bring.
 */
previous: Version | null, 
/**
 * Where it is in its life.
 */
state: ModuleState, 
/**
 * Why it can't be installed, if so.
 */
refusal: ErrorBody | null, 
/**
 * Names that others can need it by, of the newest version.
 */
provides: Array<Provided>, 
/**
 * How it can run: the version installed, else the newest.
 */
modes: Array<RuntimeMode>, 
/**
 * How it runs, if it is installed.
 */
mode: RuntimeMode | null, 
/**
 * What it can't be beside, of the newest version.
 */
conflicts: Array<ModuleRequest>, 
/**
 * That it should not be chosen any more: of the version installed, else of the newest.
 */
deprecation: Deprecation | null, 
/**
 * The oldest version that is of use, if its makers say which.
 */
minimum_useful_version: Version | null, 
/**
 * Where each version comes from, in the order of `versions`.
 */
releases: Array<ReleaseView>, };

export type Names = string | Array<string>;

export type NetworkAccess = "own" | "any";

export type NetworkMode = "online" | "local" | "offline" | "unknown";

export type NoArguments = Record<symbol, never>;

export type Note = { 
/**
 * Its key.
 */
key: string, 
/**
 * What the text needs, by name.
 */
args: { [key in string]: string }, };

export type Npu = { 
/**
 * Its device file: `/dev/accel/accel0`.
 */
device: string, 
/**
 * Its driver: `intel_vpu`, `amdxdna`.
 */
driver: string | null, 
/**
 * Vendor and device as on the bus: `8086:7d1d`.
 */
id: string | null, };

export type OperatingSystem = { 
/**
 * Its name and version, as it names itself.
 */
name: string, 
/**
 * Identifier of the distribution (`debian`, `ubuntu`).
 */
id: string, 
/**
 * Version (`12`, `24.04`).
 */
version: string, 
/**
 * Kernel release.
 */
kernel: string, 
/**
 * The C library and its version (`glibc 2.36`).
 */
libc: string | null, };

export type Operation = { 
/**
 * Its id.
 */
id: OperationId, 
/**
 * The plan that it runs.
 */
plan: PlanId, 
/**
 * What it is for.
 */
intent: Intent, 
/**
 * Where it is.
 */
state: OperationState, 
/**
 * How far it is.
 */
progress: Progress, 
/**
 * When it began.
 */
started_at: string, 
/**
 * When it ended.
 */
ended_at: string | null, 
/**
 * What failed, and the arguments of its text.
 */
failure: [Code, { [key in string]: string }] | null, 
/**
 * The generation that it made.
 */
generation: GenerationNumber | null, 
/**
 * Who approved it: `cli`, `window`, `tray`, `api`.
 */
actor: string, 
/**
 * The operation that it takes up again.
 */
resumes: OperationId | null, };

export type OperationId = string;

export type OperationState = "running" | "undoing" | "paused" | "succeeded" | "failed" | "cancelled";

export type OperationView = { 
/**
 * The operation.
 */
operation: Operation, 
/**
 * Its journal.
 */
journal: Array<JournalEntry>, };

export type Origin = "user" | "organisation" | "builtin";

export type OriginFile = { 
/**
 * Its path in the repository.
 */
path: RepositoryPath, 
/**
 * Its address.
 */
url: SourceUrl, 
/**
 * Where else the same bytes are to be had, in the order in which these are asked when the first fails.
 */
mirrors?: Array<SourceUrl>, 
/**
 * Other hosts that these may send on to; to any other is refused.
 */
redirects: Array<string>, 
/**
 * Its size.
 */
size: ByteSize, 
/**
 * Its digest, if the source publishes it; otherwise its size and its address bind what is fetched, and its digest is
 * learned.
 */
checksum: Digest | null, 
/**
 * What the source called this content.
 */
tag: string | null, 
/**
 * Headers whose value is secret, each for one origin.
 */
headers?: Array<SecretHeader>, };

export type Override = { 
/**
 * Its id.
 */
id: OverrideId, 
/**
 * What it is about: `model-size`, `loaded-models`, `parallel`, `memory`, `vram`, `runtime:NAME`,
 * `feature:NAME`, `privilege:NAME` or `mode:NAME`.
 */
capability: string, 
/**
 * What holds instead: a size of model, a number, or `allow` and `deny`.
 */
value: string, 
/**
 * Why, in the words of whoever set it.
 */
reason: string, 
/**
 * When it was set.
 */
set_at: string, 
/**
 * Who approved it: `cli`, `window`, `api`.
 */
actor: string, 
/**
 * When it was taken back or replaced; none while it holds.
 */
reverted_at: string | null, };

export type OverrideId = string;

export type OverrideNote = { 
/**
 * The override.
 */
id: OverrideId, 
/**
 * Why it was set.
 */
reason: string, 
/**
 * What holds by it.
 */
value: string, 
/**
 * What the policies alone would say; none for no limit.
 */
before: string | null, };

export type PackageFile = { 
/**
 * What it is for.
 */
role: FileRole, 
/**
 * Its path where it came from; none if it has no name of its own.
 */
path: string | null, 
/**
 * Its size.
 */
size: ByteSize, 
/**
 * Its SHA-256.
 */
digest: Digest, };

export type ParameterCount = number;

export type PartReadiness = { 
/**
 * Which.
 */
part: ReadinessPart, 
/**
 * Whether it is.
 */
ready: boolean, };

export type PcieLink = { 
/**
 * Generation: 4 for 16 GT/s per lane.
 */
generation: number, 
/**
 * Lanes.
 */
width: number, };

export type Placement = { "kind": "store", 
/**
 * Relative to the store.
 */
path: string, } | { "kind": "blob" } | { "kind": "reference", 
/**
 * Absolute path.
 */
path: string, };

export type PlanApproval = { 
/**
 * The plan.
 */
id: string, 
/**
 * `cli`, `window`, `tray` or `api`; written to the ledger.
 */
actor: string | null, 
/**
 * The same key begins one operation, however often it is asked and by whichever core: 1 to 255 visible
 * ASCII characters. Over HTTP also the header `Idempotency-Key`.
 */
idempotency_key: string | null, };

export type PlanId = string;

export type PlanRequest = { 
/**
 * What is wanted.
 */
intent: Intent, };

export type PlanStep = { 
/**
 * Its place, from 0.
 */
index: number, 
/**
 * What it does.
 */
action: StepAction, 
/**
 * Bytes it reads and writes; what its progress counts to.
 */
bytes: ByteSize, 
/**
 * How it is undone, as a key of `locales/` (`undo-<key>`).
 */
undo: string, 
/**
 * The steps before it that it waits for, by their places; all of them where none are named. Steps that
 * don't wait for each other are executed at the same time.
 */
after?: Array<number>, };

export type PlanTotals = { 
/**
 * Bytes fetched over a network.
 */
download: ByteSize, 
/**
 * Bytes more on disk afterwards.
 */
disk: ByteSize, 
/**
 * Bytes freed on disk.
 */
freed: ByteSize, 
/**
 * Main memory and VRAM taken by services that the plan starts.
 */
memory: ByteSize, };

export type PlannedOverride = { "kind": "set", 
/**
 * Which.
 */
one: DesiredOverride, } | { "kind": "revert", 
/**
 * Which.
 */
id: OverrideId, };

export type Policy = { 
/**
 * Its name within the set.
 */
name: string, 
/**
 * One sentence.
 */
description: string, 
/**
 * The tier that a matching machine belongs to, if the rule is about tiers.
 */
tier: Tier | null, 
/**
 * All must hold.
 */
conditions: Conditions, 
/**
 * What a matching machine may do at most.
 */
allow: Allowance, 
/**
 * Features that a matching machine may not use; beats any allow.
 */
deny: Array<string>, 
/**
 * The file, relative to the policies' root.
 */
file: string, 
/**
 * The line at which the rule begins.
 */
line: number, };

export type PolicyView = { 
/**
 * The outcome for this machine.
 */
capabilities: CapabilitySet, 
/**
 * Whose the set is.
 */
origin: Origin, 
/**
 * The rules themselves.
 */
policies: Array<Policy>, 
/**
 * What a person should know of them: `policy-hole`, `policy-untold`.
 */
warnings: Array<Warning>, };

export type PortName = string;

export type PrepareSection = { 
/**
 * Its path within the data.
 */
folder: string, 
/**
 * The program within the module's files.
 */
program: string, 
/**
 * What it is started with; `${new}` is the folder that it has to make, which gets its name when the program has ended
 * with status 0.
 */
arguments: Array<Template>, 
/**
 * How long it may take, in seconds.
 */
limit_seconds: number, };

export type Probe = { "kind": "tcp", 
/**
 * Which.
 */
port: PortName, } | { "kind": "http", 
/**
 * On which port.
 */
port: PortName, 
/**
 * The path, `/` first.
 */
path: string, } | { "kind": "exec", 
/**
 * The program within the module's files.
 */
program: string, 
/**
 * What it is started with.
 */
arguments: Array<Template>, } | { "kind": "log", 
/**
 * The text.
 */
line: string, };

export type ProbeMiss = { "kind": "late", 
/**
 * The time, in seconds.
 */
seconds: number, } | { "kind": "unreachable", 
/**
 * As the system says it.
 */
detail: string, } | { "kind": "status", 
/**
 * Which.
 */
status: number, } | { "kind": "exit", 
/**
 * As the system says it.
 */
detail: string, } | { "kind": "no_line" } | { "kind": "no_port" };

export type ProbeOutcome = { 
/**
 * When it was asked.
 */
at: string, 
/**
 * Why it was not answered well; none if it was.
 */
miss: ProbeMiss | null, };

export type ProfileSource = { "kind": "detected" } | { "kind": "recorded", 
/**
 * The file.
 */
path: string, };

export type ProgramSettings = { 
/**
 * The folder of the module, absolute.
 */
folder: string, 
/**
 * The numbers of its ports.
 */
ports: { [key in PortName]: number }, 
/**
 * The numbers of the ports that it connects to, by the names that its manifest has for their services.
 */
connects?: { [key in ModuleName]: { [key in PortName]: number } }, 
/**
 * How it serves, as its manifest says.
 */
service: ServiceSection, 
/**
 * The container that it runs in; none of a process of this machine.
 */
container?: ContainerSettings, };

export type Progress = { 
/**
 * The first step that is not finished, from 0.
 */
step: number, 
/**
 * How many steps.
 */
steps: number, 
/**
 * Bytes done of the steps in work.
 */
done: ByteSize, 
/**
 * Bytes of the steps in work.
 */
total: ByteSize, 
/**
 * The steps in work, in their order.
 */
working: Array<Working>, 
/**
 * Steps behind `step` that are finished, in their order.
 */
finished: Array<number>, 
/**
 * Bytes a second over the last seconds; none while that is not known.
 */
speed: ByteSize | null, 
/**
 * Seconds until the steps in work are done at that speed; none where their size or the speed is not known.
 */
left: number | null, };

export type Provided = string;

export type ReadinessPart = "database" | "recovery" | "operations";

export type ReadinessView = { 
/**
 * Whether every part is ready.
 */
ready: boolean, 
/**
 * The parts; none for somebody who showed no token.
 */
parts?: Array<PartReadiness>, };

export type Reason = { 
/**
 * The rule's name.
 */
rule: string, 
/**
 * The rule's file, relative to the policies' root.
 */
file: string, 
/**
 * The rule's line.
 */
line: number, 
/**
 * What was compared: `gpu_vram`, `ram`, `nvlink` …, named as in [`crate::Conditions`] without `_min` and
 * `_max`; empty with [`Comparison::Always`].
 */
field: string, 
/**
 * How it came out.
 */
comparison: Comparison, 
/**
 * The machine's value, with unit.
 */
have: string, 
/**
 * The rule's value, with unit.
 */
bound: string, 
/**
 * The override that decided instead of any rule; everything else is then empty.
 */
overridden_by?: OverrideNote, };

export type ReconcileView = { 
/**
 * When.
 */
at: string, 
/**
 * How many things were looked at.
 */
checked: number, 
/**
 * What somebody still has to do something about.
 */
findings: Array<Finding>, 
/**
 * What was put right lately, oldest first.
 */
repaired: Array<RepairedView>, };

export type RegistryStanding = "shipped" | "absent" | "unsigned" | "signed" | "refused";

export type RegistryView = { 
/**
 * Whose it is; they are listed in the order in which they count.
 */
origin: Origin, 
/**
 * Its directory.
 */
path: string, 
/**
 * What its manifests rest on.
 */
standing: RegistryStanding, 
/**
 * Of a signed one: the index and its version, `example 7`.
 */
index: string | null, 
/**
 * Of a signed one: the name of the key.
 */
key: string | null, 
/**
 * Of a signed one: from when on it won't be believed.
 */
expires: string | null, 
/**
 * Why nothing of it was loaded.
 */
failure: ErrorBody | null, 
/**
 * How many of its manifests can be used.
 */
manifests: number, 
/**
 * Those that were set aside.
 */
rejected: Array<RejectedView>, };

export type RejectedView = { 
/**
 * Which.
 */
path: string, 
/**
 * Why.
 */
failure: ErrorBody, };

export type Release = string;

export type ReleaseView = { 
/**
 * The version.
 */
version: Version, 
/**
 * Whose registry.
 */
origin: Origin, 
/**
 * The manifest's file.
 */
path: string, 
/**
 * Whose registries have the same version too, which this one hides.
 */
hides: Array<Origin>, };

export type Repair = { "kind": "item", 
/**
 * Which.
 */
name: ModuleName, } | { "kind": "record", 
/**
 * Which.
 */
number: GenerationNumber, } | { "kind": "stray", 
/**
 * Relative to the data directory.
 */
path: string, } | { "kind": "service", 
/**
 * Which.
 */
service: ServiceName, } | { "kind": "machine" };

export type RepairedView = { 
/**
 * When.
 */
at: string, 
/**
 * What.
 */
finding: Finding, };

export type RepositoryFile = { 
/**
 * Its path.
 */
path: RepositoryPath, 
/**
 * Its size, if it is published.
 */
size: ByteSize | null, 
/**
 * Its digest, if it is published.
 */
sha256: Digest | null, };

export type RepositoryId = string;

export type RepositoryPath = string;

export type Revision = string;

export type RuntimeMode = "native" | "container";

export type Sandbox = { 
/**
 * Landlock: a process gives up rights to files.
 */
landlock: Support, 
/**
 * The Landlock ABI that this kernel has at least, by its release; none without Landlock.
 */
landlock_abi: number | null, 
/**
 * Namespaces for a user without privileges.
 */
user_namespaces: Support, 
/**
 * Control groups.
 */
cgroup: CgroupVersion, 
/**
 * Filters for system calls.
 */
seccomp: Support, };

export type SandboxLevel = "none" | "partly" | "whole";

export type SandboxSection = { 
/**
 * What of the network it may use.
 */
network: NetworkAccess, 
/**
 * Whether it may use GPUs; in a container, too.
 */
gpu: boolean, 
/**
 * It is not to be started where it is not held as well as this.
 */
at_least?: SandboxLevel, };

export type ScannedModelView = { 
/**
 * Why it can't be adopted; none if it can.
 */
refusal: ErrorBody | null, 
/**
 * Whose it is.
 */
tool: ModelTool, 
/**
 * The file itself, absolute, with no links on the way.
 */
path: string, 
/**
 * The name by which its tool has it, absolute; the same where that has no other.
 */
shown: string, 
/**
 * What that tool calls it, where it does.
 */
id: string | null, 
/**
 * The commit or branch, where the layout says.
 */
revision: string | null, 
/**
 * Its size, of all its files.
 */
size: ByteSize, 
/**
 * How many files it is; the path is that of the first.
 */
files: number, 
/**
 * `gguf` or `safetensors`.
 */
format: string | null, 
/**
 * Most frequent tensor type, by its header.
 */
quantisation: string | null, 
/**
 * Parameters, by its header.
 */
parameters: ParameterCount | null, 
/**
 * Its SHA-256 as its tool says; none where that says nothing, and of several files. Nothing was read for it.
 */
digest: Digest | null, 
/**
 * Under which name it is a model here already, as far as its digest or its path tell.
 */
installed: ModuleName | null, 
/**
 * How it would be adopted; none if it can't be.
 */
by: AdoptionMethod | null, };

export type SecretHandle = string;

export type SecretHeader = { 
/**
 * Its name, in lower case.
 */
name: string, 
/**
 * What stands before the secret: `Bearer `.
 */
before: string, 
/**
 * The secret.
 */
secret: SecretHandle, 
/**
 * The only origin that it may be sent to; a redirect to another one goes without it.
 */
origin: WebOrigin, };

export type SecretRequest = { 
/**
 * The name to keep it under.
 */
name: SecretHandle, 
/**
 * The only origin that it is given to: scheme, host and port.
 */
origin: WebOrigin, 
/**
 * The value.
 */
value: string, };

export type SecretStoreKind = "secret-service" | "credentials";

export type SecretStoreStanding = "ready" | "locked" | "absent" | "failing";

export type SecretStoreState = { 
/**
 * Which.
 */
kind: SecretStoreKind, 
/**
 * How it is found.
 */
standing: SecretStoreStanding, };

export type SecretsView = { 
/**
 * The secrets, without their values.
 */
secrets: Array<KeptSecret>, 
/**
 * The places for secrets, in the order in which they are asked.
 */
stores: Array<SecretStoreState>, };

export type ServiceLogRequest = { 
/**
 * The service.
 */
name: ServiceName, 
/**
 * At most so many, the last of them; 200 if absent.
 */
lines?: number, 
/**
 * Only lines after those of an answer: its `next`.
 */
after?: string, 
/**
 * Only lines whose text contains this.
 */
contains?: string, 
/**
 * Wait so many seconds at most for a line, if there is none yet; 30 is the most.
 */
wait?: number, };

export type ServiceMoment = { 
/**
 * When.
 */
at: string, 
/**
 * What it became.
 */
state: ServiceState, 
/**
 * Why, if it ended by itself or was given up.
 */
code: Code | null, 
/**
 * How its program ended; none of one that did not, or was ended from here.
 */
exit?: Exit, };

export type ServiceName = string;

export type ServiceSection = { 
/**
 * What its program is started with, word by word.
 */
arguments: Array<Template>, 
/**
 * Variables of its environment beside `PATH`, `HOME` and `LANG`.
 */
environment: { [key in VariableName]: Template }, 
/**
 * The ports that it listens on, on this machine only, each with the number that it has if that is free.
 */
ports: { [key in PortName]: number }, 
/**
 * Services that it connects to, each by the name that the module needs it by, and which of their ports: it reaches
 * these beside its own, over TCP, and `${service.NAME.port.PORT}` is the number of one. None in a container.
 */
connects: { [key in ModuleName]: Array<PortName> }, 
/**
 * Files that are written anew into `${run}` before each start, with what is in them.
 */
files: { [key in string]: Template }, 
/**
 * Folders of its data that are made before the first start.
 */
prepare: Array<PrepareSection>, 
/**
 * How it is known that it serves.
 */
ready: Probe, 
/**
 * How it is known that it still does; what `ready` says if absent, but for a line of its log, which is there once.
 */
alive: Probe | null, 
/**
 * How often that is asked.
 */
watch: WatchSection, 
/**
 * How much of the machine it and all that it starts may take.
 */
limits: LimitsSection, 
/**
 * What it may see and do.
 */
sandbox: SandboxSection, 
/**
 * How it is asked to end.
 */
stop: StopSection, 
/**
 * Memory that it is expected to take.
 */
memory: ByteSize, };

export type ServiceSpec = { 
/**
 * Its name: that of the model it serves, or of its module.
 */
name: ServiceName, 
/**
 * The module whose program runs.
 */
module: ModuleName, 
/**
 * The program, absolute; in a container within that, and empty where its image says which.
 */
program: string, 
/**
 * Memory it is expected to take.
 */
memory: ByteSize, 
/**
 * How long it may take to become ready, in seconds.
 */
start_limit_seconds: number, } & ({ 
/**
 * The model.
 */
model: ModuleName, 
/**
 * How.
 */
settings: EngineSettings, } | { 
/**
 * How.
 */
runs: ProgramSettings, });

export type ServiceState = "starting" | "ready" | "restarting" | "failed" | "stopped";

export type ServiceStatus = { 
/**
 * Its name.
 */
name: ServiceName, 
/**
 * The module whose program runs.
 */
module: ModuleName, 
/**
 * The model it serves; none of a service that is its module's own program.
 */
model: ModuleName | null, 
/**
 * Where it is.
 */
state: ServiceState, 
/**
 * Since when.
 */
since: string, 
/**
 * Its process.
 */
pid: number | null, 
/**
 * The numbers of its ports, on this machine only.
 */
ports?: { [key in PortName]: number }, 
/**
 * Main memory that its process holds now; none without a process, or where nobody looked.
 */
memory: ByteSize | null, 
/**
 * What it may take at most, as its manifest says; what is not named is not limited.
 */
limited_to?: LimitsSection, 
/**
 * How well its limits are held; none without a process or without limits.
 */
limits?: LimitLevel, 
/**
 * How well it is kept away from everything else; none without a process.
 */
sandbox?: SandboxLevel, 
/**
 * How often it was started again.
 */
restarts: number, 
/**
 * The last question to it; none of an engine, and before the first.
 */
probe?: ProbeOutcome, 
/**
 * What it and all that it started take; none without a process, or where nobody looked.
 */
taken?: Taken, 
/**
 * Its last moments, oldest first.
 */
moments?: Array<ServiceMoment>, 
/**
 * What the engine loaded, once ready.
 */
report: EngineReport | null, 
/**
 * What it has less of than its plan gave it. One that is ready with any of these is degraded: it serves.
 */
degraded?: Array<Shortfall>, 
/**
 * Its last lines, if it failed.
 */
last_lines: Array<string>, };

export type Setting = { 
/**
 * The key; its description is `config-<key>` in `locales/`, with `-` for `.` and `_`.
 */
key: string, 
/**
 * The value in force.
 */
value: string, 
/**
 * Where it came from.
 */
origin: ConfigOrigin, 
/**
 * The value that holds from the next start on, if it is another.
 */
next: string | null, 
/**
 * What holds when nobody says otherwise.
 */
default: string, 
/**
 * What a value looks like, in symbols.
 */
form: string, 
/**
 * The environment variable that sets it.
 */
environment: string, 
/**
 * The flag that sets it for one command.
 */
flag: string | null, 
/**
 * When a change takes effect.
 */
effect: Effect, };

export type SetupGoal = { 
/**
 * Its key in `locales/` (`goal-<id>`).
 */
id: string, 
/**
 * What to plan for it.
 */
intent: Intent, 
/**
 * The model that answers afterwards.
 */
model: ModuleName, 
/**
 * Whether that model is only a demonstration.
 */
demonstration: boolean, 
/**
 * Whether it is done already.
 */
done: boolean, };

export type SetupView = { 
/**
 * Nothing is installed yet.
 */
needed: boolean, 
/**
 * What to offer.
 */
goals: Array<SetupGoal>, };

export type Shortfall = { 
/**
 * What it lacks; its text and remedy are those of the code.
 */
code: Code, 
/**
 * What the text needs, by name; `reason` says why, and is `unknown` where nobody knows.
 */
args: { [key in string]: string }, };

export type Source = { "kind": "builtin", 
/**
 * The artefact's folder.
 */
artefact: ModuleName, 
/**
 * For a single file: its path within the artefact.
 */
file: string | null, } | { "kind": "local_file", 
/**
 * Where.
 */
path: string, 
/**
 * Whose it is, for one that was adopted from another tool.
 */
adopted?: Adoption, } | { "kind": "local_files", 
/**
 * What was named: the first part of a split model, or the folder of them all.
 */
path: string, 
/**
 * Their folder.
 */
folder: string, 
/**
 * They: weights first, in the order in which they are read.
 */
files: Array<ArtefactFile>, 
/**
 * Whose they are, for some that were adopted from another tool.
 */
adopted?: Adoption, } | { "kind": "archive", 
/**
 * Where it lies; each is asked if it can't be had from the one before.
 */
urls: Array<SourceUrl>, 
/**
 * Other hosts that these may send on to; to any other is refused.
 */
redirects: Array<string>, 
/**
 * How it is packed.
 */
format: ArchiveFormat, 
/**
 * Its size.
 */
size: ByteSize, 
/**
 * Its digest.
 */
checksum: Digest, 
/**
 * The folder in it that is unpacked; all of it if absent.
 */
folder: string | null, 
/**
 * How many files and links that makes.
 */
files: number, } | { "kind": "oci", 
/**
 * Its name with its registry.
 */
image: ImageName, 
/**
 * The digest of its manifest.
 */
digest: Digest, 
/**
 * How many bytes are fetched.
 */
size: ByteSize, } | { "kind": "repository", 
/**
 * They, in order.
 */
files: Array<OriginFile>, 
/**
 * Which repository.
 */
origin: ModelOrigin, };

export type SourceKind = "hugging-face" | "model-scope" | "url" | "directory" | "catalogue";

export type SourceName = string;

export type SourceUrl = string;

export type SpeedRange = { 
/**
 * With a full context, and memory that is read slower than it can be.
 */
least: number, 
/**
 * With an empty context, and memory that is read as fast as it can be.
 */
most: number, };

export type SpeedUnknown = "too_large" | "not_measured";

export type StatusView = { 
/**
 * The application's version.
 */
version: string, 
/**
 * The data directory.
 */
home: string, 
/**
 * The machine.
 */
machine: MachineSummary, 
/**
 * Its tier.
 */
tier: Tier, 
/**
 * The current generation.
 */
generation: GenerationNumber, 
/**
 * Services.
 */
services: Array<ServiceStatus>, 
/**
 * Models installed.
 */
models: Array<ModelView>, 
/**
 * Operations that are not final.
 */
operations: Array<Operation>, 
/**
 * The last operation that ended.
 */
last_operation: Operation | null, 
/**
 * The endpoint on loopback, when it is open.
 */
endpoint: string | null, 
/**
 * What a person should know.
 */
warnings: Array<Warning>, 
/**
 * What has drifted since it was left.
 */
reconciled: ReconcileView | null, 
/**
 * Whether the core can do its work.
 */
readiness: ReadinessView, };

export type StepAction = { "kind": "store_add", 
/**
 * What will be there.
 */
item: Installed, 
/**
 * Where its bytes come from.
 */
source: Source, } | { "kind": "store_remove", 
/**
 * What is there.
 */
item: Installed, } | { "kind": "blob_add", 
/**
 * What will be there.
 */
item: Installed, 
/**
 * Where its bytes come from.
 */
source: Source, } | { "kind": "blob_remove", 
/**
 * What is there.
 */
item: Installed, } | { "kind": "data_remove", 
/**
 * Whose.
 */
service: ServiceName, } | { "kind": "program_verify", 
/**
 * Whose.
 */
item: Installed, 
/**
 * The program within its files.
 */
program: string, 
/**
 * What it is started with; `--version` if nothing is named.
 */
proof?: Array<string>, } | { "kind": "service_start", 
/**
 * With which settings.
 */
spec: ServiceSpec, } | { "kind": "generation_write", 
/**
 * What it says.
 */
generation: Generation, } | { "kind": "stray_remove", 
/**
 * Relative to the data directory.
 */
path: string, } | { "kind": "machine_record", 
/**
 * How it is.
 */
profile: HardwareProfile, } | { "kind": "service_stop", 
/**
 * Which.
 */
service: ServiceName, 
/**
 * With which settings it runs: undoing starts it so again. None if it runs no more.
 */
spec?: ServiceSpec, } | { "kind": "view_add", 
/**
 * The model.
 */
item: Installed, 
/**
 * How.
 */
view: LaidOut, } | { "kind": "view_remove", 
/**
 * The model.
 */
item: Installed, 
/**
 * The view.
 */
view: LaidOut, } | { "kind": "config_write", 
/**
 * The file.
 */
path: string, 
/**
 * Its text before; none if there is no file.
 */
before: string | null, 
/**
 * Its text afterwards.
 */
after: string, };

export type StopSection = { 
/**
 * By which signal.
 */
signal: StopSignal, 
/**
 * How long it may take, in seconds, before it and all that it started are ended.
 */
grace_seconds: number, };

export type StopSignal = "term" | "int" | "quit" | "hup";

export type Support = "yes" | "no" | "unknown";

export type Taken = { 
/**
 * Processes.
 */
processes: number, 
/**
 * Main memory that they hold, each by itself: what they share is counted with each.
 */
memory: ByteSize, 
/**
 * Time of processors that those that live have taken, in milliseconds.
 */
cpu_ms: number, };

export type Template = string;

export type Tier = number;

export type TokenCreated = { 
/**
 * The token.
 */
token: TokenView, 
/**
 * Its value.
 */
value: string, };

export type TokenId = string;

export type TokenRequest = { 
/**
 * What it is for, shown in lists.
 */
label: string, };

export type TokenView = { 
/**
 * Its id.
 */
id: TokenId, 
/**
 * What it is for.
 */
label: string, 
/**
 * When it was made.
 */
made_at: string, };

export type TokenizerFacts = { 
/**
 * How it cuts text: `gpt2`, `llama`, `BPE` … as its file names it.
 */
kind: string, 
/**
 * How many tokens it knows.
 */
tokens: number, 
/**
 * SHA-256 over what it is made of; equal for equal tokenizers in files of the same format.
 */
digest: Digest, };

export type VariableName = string;

export type Verdict = { 
/**
 * What was asked: `runtime:llama.cpp`, `feature:chat`, `privilege:gpu`, `mode:container`, `model-size`.
 */
capability: string, 
/**
 * Whether it is allowed.
 */
allowed: boolean, 
/**
 * The limit, for capabilities that have one.
 */
limit: string | null, 
/**
 * The rule that decided, number by number; where an override changed the verdict it comes first,
 * and what the policies alone would have gone by after it.
 */
reasons: Array<Reason>, 
/**
 * What the machine would need for it to be allowed; empty if it is.
 */
lifted_by: Array<Reason>, };

export type VerifyRequest = { 
/**
 * Only this one.
 */
name: ModuleName | null, };

export type Version = string;

export type ViewLink = "reflink" | "hard-link" | "symlink";

export type Volume = { 
/**
 * Where it is mounted.
 */
mount: string, 
/**
 * How it stores.
 */
kind: VolumeKind, 
/**
 * File system.
 */
filesystem: string, 
/**
 * Size.
 */
size: ByteSize, 
/**
 * Free for this user.
 */
free: ByteSize, 
/**
 * At which rate it is read in one piece; none until it was measured.
 */
read_rate: Measurement | null, };

export type VolumeKind = "nvme" | "ssd" | "hdd" | "network" | "memory" | "unknown";

export type Warning = { 
/**
 * Its key in `locales/`.
 */
key: string, 
/**
 * What the text needs.
 */
args: { [key in string]: string }, 
/**
 * What it rests on, each a sentence (`detail-<key>`).
 */
details?: Array<Detail>, };

export type WatchSection = { 
/**
 * Seconds from one question to the next.
 */
every_seconds: number, 
/**
 * How long an answer may take, in seconds.
 */
limit_seconds: number, 
/**
 * After so many questions in a row without a good answer it is started again.
 */
misses: number, };

export type WebOrigin = string;

export type WeightsFormat = "gguf" | "safetensors";

export type WindowFacts = { 
/**
 * How many tokens they look back.
 */
tokens: number, 
/**
 * Their part of [`ModelFacts::kv_bytes_per_token`].
 */
kv_bytes_per_token: ByteSize, };

export type Working = { 
/**
 * The step, from 0.
 */
step: number, 
/**
 * Bytes done of it.
 */
done: ByteSize, 
/**
 * Bytes of it; 0 where it counts none.
 */
total: ByteSize, };

export type CommandName = "status_show" | "setup_show" | "endpoint_show" | "doctor_run" | "hardware_show" | "hardware_measure" | "policy_show" | "policy_explain" | "override_list" | "module_list" | "module_show" | "module_search" | "registry_list" | "model_list" | "model_search" | "model_scan" | "model_view_list" | "model_show" | "model_fit" | "model_template" | "model_verify" | "plan_create" | "plan_show" | "plan_approve" | "desired_read" | "operation_list" | "operation_show" | "operation_pause" | "operation_resume" | "operation_cancel" | "generation_list" | "generation_show" | "generation_export" | "generation_diff" | "audit_list" | "audit_show" | "audit_verify" | "service_list" | "service_logs" | "config_show" | "token_list" | "token_create" | "token_revoke" | "secret_list" | "secret_set" | "secret_remove";

export type IntentKind = "module_install" | "module_remove" | "model_import" | "model_adopt" | "model_view_add" | "model_view_remove" | "model_pull" | "model_load" | "service_start" | "service_restart" | "service_stop" | "doctor_repair" | "generation_rollback" | "state_apply" | "lock_apply" | "override_set" | "override_revert" | "module_upgrade" | "module_pin" | "module_unpin" | "module_rollback" | "operation_resume" | "config_set" | "config_unset";

/** Method and path of each command's route. */
export const ROUTES: Record<CommandName, readonly [method: string, path: string]> = {
  status_show: ["GET", "/v1/status"],
  setup_show: ["GET", "/v1/setup"],
  endpoint_show: ["GET", "/v1/endpoint"],
  doctor_run: ["POST", "/v1/doctor"],
  hardware_show: ["GET", "/v1/hardware"],
  hardware_measure: ["POST", "/v1/hardware/measure"],
  policy_show: ["GET", "/v1/policy"],
  policy_explain: ["GET", "/v1/policy/{capability}"],
  override_list: ["GET", "/v1/overrides"],
  module_list: ["GET", "/v1/modules"],
  module_show: ["GET", "/v1/modules/{name}"],
  module_search: ["GET", "/v1/module-search"],
  registry_list: ["GET", "/v1/registries"],
  model_list: ["GET", "/v1/model-packages"],
  model_search: ["GET", "/v1/model-search"],
  model_scan: ["GET", "/v1/model-scan"],
  model_view_list: ["GET", "/v1/model-views"],
  model_show: ["GET", "/v1/model-repository"],
  model_fit: ["GET", "/v1/model-fit"],
  model_template: ["GET", "/v1/model-packages/{name}/templates"],
  model_verify: ["POST", "/v1/model-packages/verify"],
  plan_create: ["POST", "/v1/plans"],
  plan_show: ["GET", "/v1/plans/{id}"],
  plan_approve: ["POST", "/v1/plans/{id}/approve"],
  desired_read: ["POST", "/v1/desired"],
  operation_list: ["GET", "/v1/operations"],
  operation_show: ["GET", "/v1/operations/{id}"],
  operation_pause: ["POST", "/v1/operations/{id}/pause"],
  operation_resume: ["POST", "/v1/operations/{id}/resume"],
  operation_cancel: ["POST", "/v1/operations/{id}/cancel"],
  generation_list: ["GET", "/v1/generations"],
  generation_show: ["GET", "/v1/generations/{number}"],
  generation_export: ["GET", "/v1/generations/{number}/lock"],
  generation_diff: ["GET", "/v1/generations/{from}/diff/{to}"],
  audit_list: ["GET", "/v1/audit"],
  audit_show: ["GET", "/v1/audit/{sequence}"],
  audit_verify: ["POST", "/v1/audit/verify"],
  service_list: ["GET", "/v1/services"],
  service_logs: ["GET", "/v1/services/{name}/logs"],
  config_show: ["GET", "/v1/config"],
  token_list: ["GET", "/v1/tokens"],
  token_create: ["POST", "/v1/tokens"],
  token_revoke: ["DELETE", "/v1/tokens/{id}"],
  secret_list: ["GET", "/v1/secrets"],
  secret_set: ["POST", "/v1/secrets"],
  secret_remove: ["DELETE", "/v1/secrets/{name}"],
};
