//! Rates that are measured once: they say how fast a machine can be, and no file tells them.

use las_types::ByteSize;
use rustix::fs::{Advice, Mode, OFlags};
use std::fs::File;
use std::hint::black_box;
use std::io::Read;
use std::num::NonZeroU64;
use std::path::Path;
use std::sync::Barrier;
use std::time::{Duration, Instant};

/// What all threads read together: far more than any cache holds of it for long.
const READ_MAX: u64 = 256 << 20;
/// No thread reads less, or its own caches would answer.
const SHARE_MIN: u64 = 8 << 20;
/// How long each of the tries lasts.
const WINDOW: Duration = Duration::from_millis(70);
const TRIES: usize = 3;
/// A disk is read no longer than this.
const DISK_WINDOW: Duration = Duration::from_secs(1);
/// What is read at once; also a multiple of every disk's block.
const BLOCK: usize = 1 << 20;
const ALIGNMENT: usize = 4096;

/// At which rate `threads` threads together read main memory, in bytes a second: the best of some short
/// tries, for other programs only make it slower. None where less than an eighth of `available` is enough
/// to go beyond the caches.
pub fn memory_bandwidth(threads: u32, available: ByteSize) -> Option<ByteSize> {
    let threads = u64::from(threads.max(1));
    let share = (READ_MAX / threads).max(SHARE_MIN);
    if share * threads > available.bytes() / 8 {
        return None;
    }
    let words = usize::try_from(share / 8).ok()?;
    let count = usize::try_from(threads).ok()?;
    let together = Barrier::new(count);
    let rates: Vec<[u64; TRIES]> = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..count).map(|_| scope.spawn(|| read_memory(words, &together))).collect();
        readers.into_iter().map(|reader| reader.join().unwrap_or_default()).collect()
    });
    let best = (0..TRIES).map(|at| rates.iter().map(|rates| rates[at]).sum::<u64>()).max()?;
    Some(ByteSize::new(best))
}

/// One thread's rates, in bytes a second. Its memory is its own, so that it lies near its core.
fn read_memory(words: usize, together: &Barrier) -> [u64; TRIES] {
    let memory: Vec<u64> = (0..words as u64).collect();
    let mut rates = [0; TRIES];
    for rate in &mut rates {
        together.wait();
        let begun = Instant::now();
        let mut read = 0_u64;
        while begun.elapsed() < WINDOW {
            let sum = memory.iter().fold(0_u64, |sum, word| sum.wrapping_add(*word));
            black_box(sum);
            read += words as u64 * 8;
        }
        *rate = a_second(read, begun.elapsed());
    }
    rates
}

fn a_second(bytes: u64, took: Duration) -> u64 {
    let nanoseconds = NonZeroU64::new(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    let rate = u128::from(bytes) * 1_000_000_000 / u128::from(nanoseconds.map_or(1, NonZeroU64::get));
    u64::try_from(rate).unwrap_or(u64::MAX)
}

/// At which rate the volume under a file reads it from its beginning, in bytes a second, for a second at
/// most. The system's own copy of it is gone around, or dropped where the file system doesn't let us.
pub fn read_rate(path: &Path) -> std::io::Result<ByteSize> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags | OFlags::DIRECT, Mode::empty());
    let mut file = if let Ok(direct) = opened {
        File::from(direct)
    } else {
        let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
        rustix::fs::fadvise(&file, 0, None, Advice::DontNeed)?;
        file
    };
    // Going around the system's copy needs memory at a block's boundary.
    let mut memory = vec![0_u8; BLOCK + ALIGNMENT];
    let offset = memory.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT);
    let block = &mut memory[offset..offset + BLOCK];
    let begun = Instant::now();
    let mut read = 0_u64;
    while begun.elapsed() < DISK_WINDOW {
        match file.read(block)? {
            0 => break,
            count => read += count as u64,
        }
    }
    Ok(ByteSize::new(a_second(read, begun.elapsed())))
}

#[cfg(test)]
mod tests {
    use super::{a_second, memory_bandwidth, read_rate};
    use las_types::ByteSize;
    use std::time::Duration;

    #[test]
    fn memory_is_read_at_some_rate_and_never_where_there_is_too_little() {
        let rate = memory_bandwidth(2, ByteSize::new(u64::MAX)).unwrap();
        assert!(rate > ByteSize::new(1 << 20), "{rate}");
        assert_eq!(memory_bandwidth(2, ByteSize::new(1 << 30)), None);
    }

    #[test]
    fn a_file_is_read_at_some_rate_whatever_its_file_system_allows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        #[expect(clippy::disallowed_methods, reason = "fixtures in a temporary folder")]
        std::fs::write(&path, vec![7; 3_000_000]).unwrap();
        assert!(read_rate(&path).unwrap() > ByteSize::new(1000));
        assert!(read_rate(&folder.path().join("nothing")).is_err());
    }

    #[test]
    fn a_rate_is_bytes_by_time() {
        assert_eq!(a_second(3_000_000, Duration::from_millis(500)), 6_000_000);
        assert_eq!(a_second(3, Duration::ZERO), 3_000_000_000);
    }
}
