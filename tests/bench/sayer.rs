//! The program that `supervise` lets itself and its peers supervise: `sayer PIPE` says `ready`, its number and the time, which
//! no other run of it has, and then whatever is ordered through the named pipe: `LINES WORD [DONE]` are so many lines of 200 bytes, the last of which ends
//! with the word. It says them as fast as they are taken, then opens the named pipe `DONE`, if there is one, and closes it. It
//! takes no time while nothing is ordered.

use std::io::Write;

const LENGTH: usize = 200;

fn say(lines: usize, word: &str) {
    let mut to = std::io::BufWriter::with_capacity(64 << 10, std::io::stdout().lock());
    let mut line = vec![b'x'; LENGTH];
    line[LENGTH - 1] = b'\n';
    for _ in 1..lines {
        to.write_all(&line).expect("somebody listens");
    }
    let end = LENGTH - 1 - word.len();
    line[end - 1] = b' ';
    line[end..LENGTH - 1].copy_from_slice(word.as_bytes());
    to.write_all(&line).expect("somebody listens");
    to.flush().expect("somebody listens");
}

fn main() {
    let pipe = std::env::args_os().nth(1).expect("sayer PIPE");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    println!("ready {} {}", std::process::id(), now.as_nanos());
    loop {
        // Waits until somebody opens it to write.
        let orders = std::fs::read_to_string(&pipe).expect("the named pipe is there");
        for order in orders.lines() {
            let mut words = order.split(' ');
            let (lines, word) = words.next().zip(words.next()).expect("LINES WORD");
            say(lines.parse().expect("a number of lines"), word);
            if let Some(done) = words.next() {
                std::fs::File::options().write(true).open(done).expect("the named pipe is there");
            }
        }
    }
}
