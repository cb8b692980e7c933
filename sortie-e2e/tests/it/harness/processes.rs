//! What `/proc` says about the workloads below one data directory.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// One living process.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    parent: i32,
    /// Clock ticks since the machine started: with the pid, the process's identity.
    started: u64,
    pub(crate) words: Vec<String>,
}

impl Process {
    fn read(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let mut fields = stat.rsplit_once(") ")?.1.split(' ');
        let state = fields.next()?;
        let parent = fields.next()?.parse().ok()?;
        let started = fields.nth(17)?.parse().ok()?;
        let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let words = line.split(|b| *b == 0).map(|it| String::from_utf8_lossy(it).into_owned()).collect();
        (state != "Z" && state != "X").then_some(Self { pid, parent, started, words })
    }

    /// Whether it is the very process it was, and lives.
    pub(crate) fn lives(&self) -> bool {
        Self::read(self.pid).is_some_and(|it| it.started == self.started)
    }

    /// The name of the program.
    pub(crate) fn program(&self) -> &str {
        let path = self.words.first().map_or("", String::as_str);
        path.rsplit('/').next().unwrap_or(path)
    }

    /// Whether it is an app of the seeded catalog itself; a terminal that is about to become its shell is not.
    pub(crate) fn is_app(&self, tag: &str) -> bool {
        let is_one = |it: &Self| ["xterm", "xclock"].contains(&it.program()) && it.words.iter().any(|word| word == tag);
        is_one(self) && !Self::read(self.parent).is_some_and(|it| is_one(&it))
    }

    /// Ends it.
    pub(crate) fn kill(&self) {
        if let Some(pid) = Pid::from_raw(self.pid).filter(|_| self.lives()) {
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

/// What the runtime wrote down about a workload before it made it.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) session: String,
    /// The person's files.
    pub(crate) home: PathBuf,
    mark: String,
    sockets: PathBuf,
    cgroups: Vec<PathBuf>,
}

/// Every workload that has a folder.
pub(crate) fn records(data_dir: &Path) -> Vec<Record> {
    let Ok(folders) = fs::read_dir(data_dir.join("workloads")) else { return Vec::new() };
    folders.flatten().filter_map(|it| record(&it.path())).collect()
}

fn record(folder: &Path) -> Option<Record> {
    let spec: Value = serde_json::from_slice(&fs::read(folder.join("spec.json")).ok()?).ok()?;
    let text = |name: &str| spec[name].as_str().map(str::to_owned);
    Some(Record {
        session: text("session")?,
        home: text("home")?.into(),
        mark: text("mark")?,
        sockets: text("sockets")?.into(),
        cgroups: spec["cgroups"].as_array()?.iter().filter_map(|it| it.as_str().map(PathBuf::from)).collect(),
    })
}

/// Everything alive that belongs to workloads below `data_dir`, whether a folder still says so or not: what stands or holds
/// files there, what has `tag` in its command line, and whatever these started. The server itself is not part of it.
pub(crate) fn below(data_dir: &Path, tag: &str) -> Vec<Process> {
    let all = all();
    let own = |it: &&Process| {
        it.program() != "sortie" && (it.words.iter().any(|word| word == tag) || stands_in(it.pid, data_dir))
    };
    let roots = all.values().filter(own).map(|it| it.pid).collect();
    with_descendants(&all, roots)
}

/// Of what lives, everything of one workload.
pub(crate) fn of(all: &HashMap<i32, Process>, record: &Record) -> Vec<Process> {
    let roots = all.values().filter(|it| it.words.contains(&record.mark)).map(|it| it.pid).collect();
    with_descendants(all, roots)
}

/// Everything that lives, by its id. Dear where much does: look once for many questions.
pub(crate) fn all() -> HashMap<i32, Process> {
    let pids = fs::read_dir("/proc").unwrap().flatten().filter_map(|it| it.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid| Some((pid, Process::read(pid)?))).collect()
}

fn stands_in(pid: i32, folder: &Path) -> bool {
    let is_inside = |link: &Path| fs::read_link(link).is_ok_and(|it| it.starts_with(folder));
    let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    is_inside(Path::new(&format!("/proc/{pid}/cwd"))) || files.map(|it| it.path()).any(|it| is_inside(&it))
}

fn with_descendants(all: &HashMap<i32, Process>, mut found: HashSet<i32>) -> Vec<Process> {
    loop {
        let children = all.values().filter(|it| found.contains(&it.parent) && !found.contains(&it.pid));
        let children: Vec<i32> = children.map(|it| it.pid).collect();
        if children.is_empty() {
            return found.iter().map(|pid| all[pid].clone()).collect();
        }
        found.extend(children);
    }
}

/// Removes what a workload has outside the data directory, after its processes are gone.
pub(crate) fn sweep(record: &Record) {
    let _ = fs::remove_dir_all(&record.sockets);
    for cgroup in &record.cgroups {
        let _ = fs::remove_dir(cgroup);
    }
}
