//! The relay against a raw TCP relay: each in a process of its own, in turns, with the same display behind them.

mod display;
pub(crate) mod process;
mod viewer;

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::Context;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{
    process::{cpu_seconds, resident},
    table::{Table, percentile},
};
use viewer::Viewer;

/// Alternating pairs.
const PAIRS: usize = 7;
/// Bytes of one bulk run.
const BULK: u64 = 1 << 30;
/// Viewers that share the bulk run upwards and the round trips, one after the other: each alone would be faster than a viewer
/// may be, and slowed down.
const VIEWERS: u64 = 5;
/// Round trips of each.
const TRIPS: usize = 400;
/// Idle streams whose memory is measured.
const IDLE: usize = 200;

/// What one relay process did in one turn.
struct Turn {
    cpu_down: f64,
    cpu_up: f64,
    trip_p50: f64,
    idle_kib: f64,
}

/// Measures and prints.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let display = display::start().await?;
    let (mut raw, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..PAIRS {
        raw.push(turn(true, display).await?);
        ours.push(turn(false, display).await?);
    }
    let mut table = Table::default();
    let mut compare = |metric: &str, unit: &str, figure: fn(&Turn) -> f64| {
        table.compare("relay", metric, unit, median(&raw, figure), median(&ours, figure));
    };
    compare("processor time down", "s/GiB", |it| it.cpu_down);
    compare("processor time up", "s/GiB", |it| it.cpu_up);
    compare("round trip of one key, p50", "ms", |it| it.trip_p50);
    compare("memory of an idle stream after traffic", "KiB", |it| it.idle_kib);
    Ok(table.print()?)
}

fn median(turns: &[Turn], figure: fn(&Turn) -> f64) -> f64 {
    let mut figures: Vec<f64> = turns.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

async fn turn(raw: bool, display: u16) -> anyhow::Result<Turn> {
    let (child, port) = start(raw, display).await?;
    let pid = child.id().context("the relay ended")?;
    let mut viewer = Viewer::connect(port, !raw).await?;
    let before = cpu_seconds(pid)?;
    viewer.download(BULK).await?;
    let between = cpu_seconds(pid)?;
    for _ in 0..VIEWERS {
        Viewer::connect(port, !raw).await?.upload(BULK / VIEWERS).await?;
    }
    let (cpu_down, cpu_up) = (between - before, cpu_seconds(pid)? - between);
    let mut trips = Vec::new();
    for _ in 0..VIEWERS {
        let mut viewer = Viewer::connect(port, !raw).await?;
        for _ in 0..TRIPS {
            let begun = Instant::now();
            viewer.press_key().await?;
            trips.push(begun.elapsed());
        }
    }
    let idle_before = resident(pid)?.kib;
    let mut idle = Vec::with_capacity(IDLE);
    for _ in 0..IDLE {
        let mut stream = Viewer::connect(port, !raw).await?;
        stream.download(1 << 20).await?;
        idle.push(stream);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let idle_kib = (resident(pid)?.kib - idle_before) / f64::from(u32::try_from(IDLE)?);
    Ok(Turn { cpu_down, cpu_up, trip_p50: percentile(&mut trips, 50), idle_kib })
}

/// Starts one relay; it prints its port.
async fn start(raw: bool, display: u16) -> anyhow::Result<(Child, u16)> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["relay-process", "--display", &display.to_string()]);
    if raw {
        command.arg("--raw");
    }
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
    let port = lines.next_line().await?.context("the relay did not start")?;
    Ok((child, port.trim().parse()?))
}
