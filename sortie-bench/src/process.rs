//! What a process has used, as the kernel says (proc(5)).

use std::fs;

use anyhow::{Context, bail};

/// Processor time of a process so far, in seconds, user and system.
pub(crate) fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may hold anything; the fields count from behind it.
    let fields: Vec<&str> = text.rsplit_once(')').context("no name in stat")?.1.split_whitespace().collect();
    let (Some(user), Some(system)) = (fields.get(11), fields.get(12)) else { bail!("short stat line") };
    let ticks: u32 = user.parse::<u32>()? + system.parse::<u32>()?;
    let per_second = u32::try_from(rustix::param::clock_ticks_per_second())?;
    Ok(f64::from(ticks) / f64::from(per_second))
}

/// What a process holds in memory.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Resident {
    /// All of it, in KiB.
    pub(crate) kib: f64,
    /// What is not mapped from files: heaps, stacks, and pages of the program that differ from its file.
    pub(crate) own_kib: f64,
}

/// What a process holds in memory now.
pub(crate) fn resident(pid: u32) -> anyhow::Result<Resident> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib = |name: &str| {
        let line = text.lines().find_map(|it| it.strip_prefix(name)).with_context(|| format!("no {name}"))?;
        anyhow::Ok(line.trim().trim_end_matches(" kB").parse()?)
    };
    Ok(Resident { kib: kib("VmRSS:")?, own_kib: kib("RssAnon:")? })
}
