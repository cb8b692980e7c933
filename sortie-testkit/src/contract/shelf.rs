//! What every shelf of backups keeps, whatever it is made of.

use std::io::{self, Read};

use anyhow::{Context, Result, ensure};
use sortie_core::port::{Already, Shelf, ShelfError};

/// Longer than what goes up at once, and not a multiple of it.
const LONG: usize = 20 * 1024 * 1024 + 7;

fn put(shelf: &dyn Shelf, name: &str, bytes: &[u8], already: Already) -> Result<(), ShelfError> {
    shelf.put(name, &mut &bytes[..], u64::try_from(bytes.len()).unwrap_or(u64::MAX), already)
}

fn get(shelf: &dyn Shelf, name: &str) -> Result<Vec<u8>> {
    let (length, mut source) = shelf.open(name)?;
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes)?;
    ensure!(u64::try_from(bytes.len())? == length, "{name} has another length than was said");
    Ok(bytes)
}

fn names(shelf: &dyn Shelf) -> Result<Vec<String>> {
    let mut names = shelf.names()?;
    names.sort();
    Ok(names)
}

/// An empty shelf is empty, not an error; what was put is there under its name until it is removed.
pub fn keeps_what_is_put(shelf: &dyn Shelf) -> Result<()> {
    ensure!(names(shelf)?.is_empty(), "nothing is there yet");
    let missing = shelf.open("a.json").map(drop);
    ensure!(matches!(&missing, Err(ShelfError::Missing(name)) if name.contains("a.json")), "{missing:?}");
    shelf.remove("a.json").context("nothing there is fine")?;
    put(shelf, "b.db", b"", Already::Refuse)?;
    put(shelf, "a.json", b"one", Already::Refuse)?;
    ensure!(names(shelf)? == ["a.json", "b.db"]);
    ensure!(get(shelf, "a.json")? == b"one" && get(shelf, "b.db")?.is_empty());
    let taken = put(shelf, "a.json", b"two", Already::Refuse);
    ensure!(matches!(&taken, Err(ShelfError::Taken(name)) if name.contains("a.json")), "{taken:?}");
    ensure!(get(shelf, "a.json")? == b"one", "what was refused changed nothing");
    put(shelf, "a.json", b"three", Already::Replace)?;
    ensure!(get(shelf, "a.json")? == b"three");
    shelf.remove("a.json")?;
    ensure!(names(shelf)? == ["b.db"]);
    Ok(())
}

/// Of several who put one name at once and refuse, one succeeds.
pub fn gives_a_name_to_one_of_many(shelf: &dyn Shelf) -> Result<()> {
    for round in 0..5 {
        let name = format!("name-{round}");
        let won: Vec<_> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..6_u8)
                .map(|who| {
                    let name = &name;
                    scope.spawn(move || put(shelf, name, &[who], Already::Refuse).is_ok().then_some(who))
                })
                .collect();
            tries.into_iter().filter_map(|it| it.join().ok().flatten()).collect()
        });
        ensure!(won.len() == 1, "{won:?} all have {name}");
        ensure!(get(shelf, &name)? == won, "{name} is the winner's");
    }
    Ok(())
}

/// What is long comes back byte for byte.
pub fn keeps_what_is_long(shelf: &dyn Shelf) -> Result<()> {
    // No part of it is like another one.
    let bytes: Vec<u8> =
        (0_u64..).flat_map(|it| it.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes()).take(LONG).collect();
    put(shelf, "long.db", &bytes, Already::Replace)?;
    ensure!(get(shelf, "long.db")? == bytes, "every byte of what is long");
    Ok(())
}

/// Fails after so many bytes.
struct Breaking(u64);

impl Read for Breaking {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = usize::try_from(self.0).unwrap_or(usize::MAX).min(into.len());
        if count == 0 {
            return Err(io::Error::other("the source broke"));
        }
        into.iter_mut().take(count).for_each(|it| *it = 1);
        self.0 -= u64::try_from(count).unwrap_or(self.0);
        Ok(count)
    }
}

/// What breaks, or has another length than was said, does not appear, and what was there before stays.
pub fn shows_nothing_by_halves(shelf: &dyn Shelf) -> Result<()> {
    put(shelf, "old.db", b"old", Already::Refuse)?;
    let long = u64::try_from(LONG)?;
    for (length, until) in [(10, 5), (long, long / 2), (long, long - 1)] {
        for name in ["new.db", "old.db"] {
            let broken = shelf.put(name, &mut Breaking(until), length, Already::Replace);
            let text = broken.err().context("it broke")?.to_string();
            ensure!(text.contains(name) && text.contains("the source broke"), "{text}");
        }
    }
    for (length, bytes) in [(4, &b"12345"[..]), (6, b"12345")] {
        let unlike = shelf.put("new.db", &mut &bytes[..], length, Already::Replace);
        ensure!(unlike.is_err(), "{} bytes were taken for {length}", bytes.len());
    }
    ensure!(names(shelf)? == ["old.db"], "{:?}", names(shelf)?);
    ensure!(get(shelf, "old.db")? == b"old");
    Ok(())
}
