//! Write-ahead logs as SQLite's format says they are, whole, cut off and changed.

use crate::wal::{Behind, damage, damage_of, path};

const HEADER: usize = 32;
const FRAME: usize = 24;

/// The checksum of the format, word by word.
fn sums(bytes: &[u8], big: bool, before: (u32, u32)) -> (u32, u32) {
    let words: Vec<u32> = bytes
        .chunks(4)
        .map(|four| four.try_into().unwrap())
        .map(|four| if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) })
        .collect();
    words.chunks(2).fold(before, |(a, b), two| {
        let a = a.wrapping_add(two[0]).wrapping_add(b);
        (a, b.wrapping_add(two[1]).wrapping_add(a))
    })
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

const SALT: [u32; 2] = [0x1234_5678, 0x9abc_def0];

/// A log of frames that each hold a page of that byte; those that commit say so.
struct Log {
    bytes: Vec<u8>,
    sum: (u32, u32),
    big: bool,
    page: usize,
}

impl Log {
    fn new(big: bool, page: usize) -> Self {
        let size = if page == 65_536 { 1 } else { u32::try_from(page).unwrap() };
        let mut bytes = words(&[0x377f_0682 | u32::from(big), 3_007_000, size, 0, SALT[0], SALT[1]]);
        let sum = sums(&bytes, big, (0, 0));
        bytes.extend(words(&[sum.0, sum.1]));
        Self { bytes, sum, big, page }
    }

    fn with(mut self, number: u32, commits: bool) -> Self {
        let head = words(&[number, u32::from(commits) * number]);
        let content = vec![number.to_le_bytes()[0]; self.page];
        self.sum = sums(&content, self.big, sums(&head, self.big, self.sum));
        self.bytes.extend(head);
        self.bytes.extend(words(&[SALT[0], SALT[1], self.sum.0, self.sum.1]));
        self.bytes.extend(content);
        self
    }

    /// A frame as it is left of another log, whose salts differ from this one's in those bits.
    fn with_one_of_another_log(mut self, bits: [u32; 2]) -> Self {
        self.bytes.extend(words(&[7, 7, SALT[0] ^ bits[0], SALT[1] ^ bits[1], 1, 2]));
        self.bytes.extend(vec![7; self.page]);
        self
    }

    fn found(&self) -> Option<String> {
        damage_of(&self.bytes, &[], Behind::IsDamage)
    }
}

/// Two transactions: one of two frames and one of one.
fn whole(big: bool, page: usize) -> Log {
    Log::new(big, page).with(1, false).with(2, true).with(3, true)
}

#[test]
fn a_whole_log_is_no_damage_whatever_its_pages_and_its_order_of_bytes() {
    for big in [false, true] {
        for page in [512, 4096, 65_536] {
            assert_eq!(whole(big, page).found(), None, "{big} {page}");
        }
    }
}

#[test]
fn a_log_may_be_cut_off_anywhere() {
    for big in [false, true] {
        let log = whole(big, 512).bytes;
        for length in 0..log.len() {
            assert_eq!(damage_of(&log[..length], &[], Behind::IsDamage), None, "{length} of {}", log.len());
        }
    }
}

#[test]
fn a_changed_bit_before_the_last_commit_is_damage_and_says_where() {
    for big in [false, true] {
        let log = whole(big, 512).bytes;
        let last = log.len() - FRAME - 512;
        for at in 0..last {
            for bit in [0, 7] {
                let mut changed = log.clone();
                changed[at] ^= 1 << bit;
                let found = damage_of(&changed, &[], Behind::IsDamage);
                let found = found.unwrap_or_else(|| panic!("byte {at} bit {bit}: not noticed"));
                if at < HEADER {
                    assert_eq!(found, "the header of its write-ahead log", "byte {at}");
                }
            }
        }
    }
}

#[test]
fn the_place_of_damage_is_the_frame_with_the_changed_salt_or_the_commit_behind_it() {
    let log = whole(false, 512).bytes;
    let frame = |number: usize| HEADER + (number - 1) * (FRAME + 512);
    let found = |at: usize| {
        let mut changed = log.clone();
        changed[at] ^= 4;
        damage_of(&changed, &[], Behind::IsDamage)
    };
    for salt in 8..16 {
        assert_eq!(found(frame(2) + salt).as_deref(), Some("frame 2 of its write-ahead log"));
        assert_eq!(found(frame(3) + salt).as_deref(), Some("frame 3 of its write-ahead log"));
    }
    let content = found(frame(1) + FRAME + 5);
    assert_eq!(content.as_deref(), Some("its write-ahead log before the commit in frame 2"));
    let content = found(frame(2) + FRAME + 5);
    assert_eq!(content.as_deref(), Some("its write-ahead log before the commit in frame 2"));
    // Nothing of an unfinished transaction was ever promised.
    let open = Log::new(false, 512).with(1, true).with(2, false).with(3, false);
    let mut changed = open.bytes.clone();
    changed[frame(2) + FRAME + 5] ^= 1;
    assert_eq!(damage_of(&changed, &[], Behind::IsDamage), None);
}

#[test]
fn what_is_left_of_another_log_ends_this_one() {
    // Up to eight bits are a change of one salt; more are another salt.
    for bits in [[0xff, 0], [0, 0xff], [0xf, 0xf], [0, 1]] {
        let log = whole(false, 512).with_one_of_another_log(bits);
        assert_eq!(log.found().as_deref(), Some("frame 4 of its write-ahead log"), "{bits:?}");
    }
    for bits in [[0x1ff, 0], [0, 0x1ff], [0x1f, 0xf], [u32::MAX, u32::MAX]] {
        let log = whole(false, 512).with_one_of_another_log(bits);
        assert_eq!(log.found(), None, "{bits:?}");
        // Reading has ended: what comes behind is not looked at for its salt.
        assert_eq!(log.with_one_of_another_log([1, 0]).found(), None, "{bits:?}");
    }
}

#[test]
fn behind_a_failed_write_a_commit_may_be_one_that_was_taken_back() {
    let log = whole(false, 512).bytes;
    let mut changed = log.clone();
    changed[HEADER + FRAME + 5] ^= 1;
    assert!(damage_of(&changed, &[], Behind::IsDamage).is_some());
    assert_eq!(damage_of(&changed, &[], Behind::MayBeTakenBack), None);
    // A salt that changed in one bit is no matter of what was written.
    let mut changed = log;
    changed[HEADER + 8] ^= 1;
    assert!(damage_of(&changed, &[], Behind::MayBeTakenBack).is_some());
}

#[test]
fn a_log_that_is_not_there_is_none_and_one_that_can_not_be_read_is_a_failure() {
    let home = tempfile::tempdir().unwrap();
    let database = home.path().join("state.db");
    assert_eq!(path(&database), home.path().join("state.db-wal"));
    assert_eq!(damage(&database, Behind::IsDamage).unwrap(), None);
    std::fs::create_dir(path(&database)).unwrap();
    assert!(damage(&database, Behind::IsDamage).is_err());
}

/// SQLite's index of a log, as it is once that frame and all before are on disk.
fn index(log: &[u8], frame: u32) -> Vec<u8> {
    let mut header = vec![0; 40];
    header[16..20].copy_from_slice(&frame.to_ne_bytes());
    header[32..40].copy_from_slice(&log[16..24]);
    let sum = sums(&header, cfg!(target_endian = "big"), (0, 0));
    header.extend([sum.0.to_ne_bytes(), sum.1.to_ne_bytes()].concat());
    [header.clone(), header, vec![0; 400]].concat()
}

/// A transaction of three frames behind one of one, the second's content not on the disk yet.
fn torn() -> Vec<u8> {
    let log = Log::new(false, 512).with(1, true).with(2, false).with(3, false).with(4, true);
    let mut bytes = log.bytes;
    let second = HEADER + FRAME + 512 + FRAME;
    bytes[second..second + 512].fill(0);
    bytes
}

/// A power cut was told as damage, and the state as restored.
#[test]
fn a_last_commit_whose_blocks_came_to_the_disk_in_another_order_is_no_damage() {
    let log = torn();
    let found = |index: &[u8]| damage_of(&log, index, Behind::IsDamage);
    assert_eq!(found(&[]), None);
    for frame in [0, 1] {
        assert_eq!(found(&index(&log, frame)), None, "the index is not newer than the disk");
    }
    let told = Some("its write-ahead log before the commit in frame 4".to_owned());
    assert_eq!(found(&index(&log, 4)), told, "it had been there whole");
    assert_eq!(damage_of(&log, &index(&log, 4), Behind::MayBeTakenBack), None);
    // Something was written after that commit, so it had been on the disk.
    let next = [&log[..], &words(&[5, 0, SALT[0], SALT[1], 1, 2]), &[5; 512]].concat();
    assert_eq!(damage_of(&next, &[], Behind::IsDamage), told);
}

#[test]
fn an_index_that_is_not_whole_or_of_another_log_says_nothing() {
    let log = torn();
    let whole = index(&log, 4);
    for at in 0..96 {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        assert_eq!(damage_of(&log, &changed, Behind::IsDamage), None, "byte {at}");
    }
    let mut other = log.clone();
    other[16] ^= 0xff;
    assert_eq!(damage_of(&log, &index(&other, 4), Behind::IsDamage), None);
    assert_eq!(damage_of(&log, &whole[..95], Behind::IsDamage), None);
}

#[test]
fn a_log_that_ends_before_a_frame_that_was_on_the_disk_is_damage() {
    let log = whole(false, 512).bytes;
    let index = index(&log, 3);
    assert_eq!(damage_of(&log, &index, Behind::IsDamage), None);
    let cut = &log[..log.len() - 1];
    let told = "its write-ahead log before the commit in frame 3";
    assert_eq!(damage_of(cut, &index, Behind::IsDamage).as_deref(), Some(told));
}

/// What the format says is what SQLite does.
#[tokio::test]
async fn any_bit_of_the_last_commit_after_a_kill_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    let live = home.path().join("state.db");
    let state = super::State::open(&live).await.unwrap();
    super::committed(&state, 1, 1).await;
    let read = |end: &str| std::fs::read(home.path().join(format!("state.db{end}"))).unwrap();
    let (log, index) = (read("-wal"), read("-shm"));
    state.close().await;
    assert_eq!(damage_of(&log, &index, Behind::IsDamage), None);
    let last = log.len() - 4096 - FRAME;
    for at in (last..log.len()).step_by(61) {
        let mut changed = log.clone();
        changed[at] ^= 1;
        assert!(damage_of(&changed, &index, Behind::IsDamage).is_some(), "byte {at}");
    }
}
