//! Limits on a whole workload, by cgroups where the host gives us some.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sortie_core::{spec::Resources, workload::LimitReport};

use crate::error::{FileContext, Outcome};

mod unified;

const MOUNT: &str = "/sys/fs/cgroup";

/// The period in which a share of CPU time is counted, in microseconds.
const CPU_PERIOD_MICROS: u64 = 100_000;

/// What limits a workload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) resources: Resources,
    pub(crate) max_pids: u64,
}

/// The cgroups under which workloads can be put, and what they limit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cgroups {
    parents: Vec<Parent>,
}

#[derive(Clone, Debug)]
struct Parent {
    path: PathBuf,
    /// Version 2 has one tree and other file names.
    is_v2: bool,
    /// Whether what stands above it only keeps it, and may have been made anew meanwhile.
    is_kept: bool,
    controllers: Vec<&'static str>,
}

const CONTROLLERS: [&str; 3] = ["memory", "cpu", "pids"];

impl Cgroups {
    /// Finds out what the host gives, by trying: a folder of the name `name` below the cgroup `chosen`, where version 2 has it,
    /// else below this process's own cgroups.
    pub(crate) fn find(name: &str, chosen: Option<&str>) -> Self {
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let parents = if Path::new(MOUNT).join("cgroup.controllers").exists() {
            unified::find(Path::new(MOUNT), &own, name, chosen).into_iter().collect()
        } else {
            CONTROLLERS.into_iter().filter_map(|it| separate(&own, it, name)).collect()
        };
        Self { parents }
    }

    /// Whether this limits workloads as wholes.
    pub(crate) fn limits(&self, controller: &str) -> bool {
        self.parents.iter().any(|it| it.controllers.contains(&controller))
    }

    /// Which limits hold. Processes are counted for each sandbox by a resource limit where no cgroup counts them.
    pub(crate) fn report(&self) -> Vec<LimitReport> {
        CONTROLLERS
            .into_iter()
            .map(|name| LimitReport { name, enforced: name == "pids" || self.limits(name) })
            .collect()
    }

    /// The folders of a workload's cgroups.
    pub(crate) fn folders(&self, workload: &str) -> Vec<PathBuf> {
        self.parents.iter().map(|it| it.path.join(workload)).collect()
    }

    /// Makes a workload's cgroups with their limits.
    pub(crate) fn make(&self, workload: &str, limits: &Limits) -> Outcome<()> {
        for parent in &self.parents {
            parent.enable();
            let folder = parent.path.join(workload);
            fs::create_dir_all(&folder).on("create", &folder)?;
            for (file, value) in parent.settings(limits) {
                let path = folder.join(file);
                fs::write(&path, value).on("write", path)?;
            }
        }
        Ok(())
    }
}

impl Parent {
    /// Version 2 limits children only by controllers that their parent enables. It may have been removed meanwhile.
    fn enable(&self) {
        if !self.is_v2 {
            return;
        }
        // What cannot be enabled has no files below, and writing its limit fails loudly.
        if let Some(keeper) = self.path.parent().filter(|_| self.is_kept) {
            let _ = unified::clear_out(keeper);
            let _ = unified::enable(keeper, &self.controllers);
        }
        if fs::create_dir_all(&self.path).is_ok() {
            let _ = unified::enable(&self.path, &self.controllers);
        }
    }

    fn settings(&self, limits: &Limits) -> Vec<(&'static str, String)> {
        let mut settings = Vec::new();
        let has = |name| self.controllers.contains(&name);
        if let (true, Some(bytes)) = (has("memory"), limits.resources.memory_limit_bytes) {
            settings.push((if self.is_v2 { "memory.max" } else { "memory.limit_in_bytes" }, bytes.to_string()));
        }
        if let (true, Some(millis)) = (has("cpu"), limits.resources.cpu_limit_millis) {
            // The kernel refuses less than a millisecond of each period.
            let quota = (millis.saturating_mul(CPU_PERIOD_MICROS) / 1000).max(1000);
            if self.is_v2 {
                settings.push(("cpu.max", format!("{quota} {CPU_PERIOD_MICROS}")));
            } else {
                settings.push(("cpu.cfs_period_us", CPU_PERIOD_MICROS.to_string()));
                settings.push(("cpu.cfs_quota_us", quota.to_string()));
            }
        }
        if has("pids") {
            settings.push(("pids.max", limits.max_pids.to_string()));
        }
        settings
    }
}

/// Removes a workload's cgroups, which are empty, and their parents when they were the last ones.
pub(crate) fn remove(folders: &[PathBuf]) -> Outcome<()> {
    for folder in folders {
        match fs::remove_dir(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error).on("remove", folder),
            _ => {}
        }
        if let Some(parent) = folder.parent() {
            // It fails while other workloads are in it, and that is right.
            let _ = fs::remove_dir(parent);
        }
    }
    Ok(())
}

/// Whether the kernel ended something in these cgroups because their memory was used up.
pub(crate) fn ran_out_of_memory(folders: &[PathBuf]) -> bool {
    // Version 2 and version 1 count alike, in files of different names.
    let files = folders.iter().flat_map(|it| ["memory.events", "memory.oom_control"].map(|name| it.join(name)));
    files.filter_map(|it| fs::read_to_string(it).ok()).any(|it| n_killed(&it) > 0)
}

fn n_killed(events: &str) -> u64 {
    let counts = events.lines().filter_map(|it| it.strip_prefix("oom_kill "));
    counts.filter_map(|it| it.trim().parse::<u64>().ok()).sum()
}

/// One controller of version 1: its own tree.
fn separate(own: &str, controller: &'static str, name: &str) -> Option<Parent> {
    let here = own.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        fields.next()?.split(',').any(|it| it == controller).then(|| fields.next())?
    })?;
    let path = Path::new(MOUNT).join(controller).join(here.trim_start_matches('/')).join(name);
    usable(path, false, vec![controller])
}

fn usable(path: PathBuf, is_v2: bool, controllers: Vec<&'static str>) -> Option<Parent> {
    let trial = path.join("trial");
    fs::create_dir_all(&trial).and_then(|()| fs::remove_dir(&trial)).ok()?;
    // It comes back with the first workload, unless somebody's workloads are in it now.
    let _ = fs::remove_dir(&path);
    Some(Parent { path, is_v2, is_kept: false, controllers })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(is_v2: bool) -> Vec<(&'static str, String)> {
        let resources =
            Resources { cpu_limit_millis: Some(1500), memory_limit_bytes: Some(64 << 20), ..Resources::default() };
        let parent = Parent { path: PathBuf::new(), is_v2, is_kept: false, controllers: CONTROLLERS.to_vec() };
        parent.settings(&Limits { resources, max_pids: 9 })
    }

    #[test]
    fn kills_are_counted_in_the_words_of_both_versions() {
        assert_eq!(n_killed("low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n"), 2);
        assert_eq!(n_killed("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n"), 1);
        assert_eq!(n_killed("oom_kill_disable 1\nunder_oom 0\noom_kill 0\n"), 0);
        assert_eq!(n_killed(""), 0);
    }

    #[test]
    fn both_versions_get_the_same_limits_in_their_own_words() {
        let text = |list: Vec<(&str, String)>| {
            list.into_iter().map(|(file, value)| format!("{file}={value}")).collect::<Vec<_>>().join(";")
        };
        assert_eq!(text(settings(true)), "memory.max=67108864;cpu.max=150000 100000;pids.max=9");
        assert_eq!(
            text(settings(false)),
            "memory.limit_in_bytes=67108864;cpu.cfs_period_us=100000;cpu.cfs_quota_us=150000;pids.max=9"
        );
    }
}
