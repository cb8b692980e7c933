//! Numbers for Prometheus. Labels come from closed sets only: route templates, methods, statuses, close codes.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use sortie_control::backups::DrillReport;

/// Upper bounds of the latencies that are told apart, in seconds.
const BUCKETS: [f64; 11] = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// What is counted. It belongs to one [`Api`](crate::Api), not to the process.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

/// What is read at the moment of asking.
pub(crate) struct Gauges {
    pub(crate) connections: usize,
    pub(crate) streams: usize,
    pub(crate) event_streams: usize,
    pub(crate) passes: u64,
    pub(crate) orphans: u64,
    /// Warm workloads by the names of their statuses.
    pub(crate) warm: Vec<(&'static str, usize)>,
    pub(crate) backup: Backup,
    /// Where the audit is handed on.
    pub(crate) forward: Option<Forward>,
}

/// What became of the audit's forwarding.
pub(crate) struct Forward {
    pub(crate) taken: u64,
    pub(crate) failures: u64,
    pub(crate) waiting: i64,
    pub(crate) lag: Duration,
}

/// What became of the server's own backups.
pub(crate) struct Backup {
    /// When the newest was begun, in microseconds since the Unix epoch.
    pub(crate) newest: Option<i64>,
    pub(crate) bytes: u64,
    pub(crate) failures: u64,
    pub(crate) drill: Option<DrillReport>,
}

impl Metrics {
    pub(crate) fn new() -> Result<Self, BuildError> {
        let latency = Matcher::Full("sortie_http_request_duration_seconds".to_owned());
        let recorder = PrometheusBuilder::new().set_buckets_for_metric(latency, &BUCKETS)?.build_recorder();
        let handle = recorder.handle();
        with_local_recorder(&recorder, || {
            describe_counter!("sortie_http_requests_total", "Answered requests");
            describe_counter!("sortie_http_panics_total", "Requests that ended in a panic");
            describe_histogram!("sortie_http_request_duration_seconds", "Time until an answer's head is ready");
            describe_counter!("sortie_launches_total", "Sessions launched through this server");
            describe_counter!("sortie_streams_closed_total", "Streams that ended, by close code");
            describe_counter!("sortie_stream_bytes_total", "Bytes relayed, by direction");
            describe_gauge!("sortie_connections", "Open connections");
            describe_gauge!("sortie_streams", "Live streams");
            describe_gauge!("sortie_event_streams", "Live event streams");
            describe_gauge!("sortie_reconciler_passes", "Full comparisons since start");
            describe_gauge!("sortie_workloads_orphaned", "Workloads without a row that wait for a person");
            describe_gauge!("sortie_backup_newest_timestamp_seconds", "When the newest backup was begun");
            describe_gauge!("sortie_backup_bytes", "Size of the last backup that this server made");
            describe_gauge!("sortie_backup_failures", "Backups that failed since start");
            describe_gauge!("sortie_backup_drill_timestamp_seconds", "When the last drill was begun");
            describe_gauge!("sortie_backup_drill_restore_seconds", "How long its restore took until a server answered");
            describe_gauge!("sortie_backup_drill_lost_seconds", "How old the backup that it tried was");
            describe_gauge!("sortie_backup_drill_issues", "What was wrong in it");
            describe_gauge!("sortie_audit_forward_lag_seconds", "Age of the oldest audit entry that no collector has");
            describe_gauge!("sortie_audit_forward_waiting", "Sealed audit entries that no collector has");
            describe_gauge!("sortie_audit_forward_entries", "Audit entries that this server handed on since start");
            describe_gauge!("sortie_audit_forward_failures", "Attempts to hand the audit on that failed since start");
            describe_gauge!("sortie_build", "The running version");
        });
        Ok(Self { recorder, handle })
    }

    pub(crate) fn answered(&self, route: &'static str, method: &http::Method, status: u16, took: Duration) {
        let method = match *method {
            http::Method::GET => "GET",
            http::Method::HEAD => "HEAD",
            http::Method::POST => "POST",
            http::Method::PUT => "PUT",
            http::Method::DELETE => "DELETE",
            _ => "other",
        };
        with_local_recorder(&self.recorder, || {
            counter!("sortie_http_requests_total", "route" => route, "method" => method, "status" => status.to_string())
                .increment(1);
            histogram!("sortie_http_request_duration_seconds", "route" => route).record(took.as_secs_f64());
        });
    }

    pub(crate) fn panicked(&self) {
        with_local_recorder(&self.recorder, || counter!("sortie_http_panics_total").increment(1));
    }

    pub(crate) fn launched(&self) {
        with_local_recorder(&self.recorder, || counter!("sortie_launches_total").increment(1));
    }

    pub(crate) fn stream_closed(&self, code: u16, bytes_up: u64, bytes_down: u64) {
        with_local_recorder(&self.recorder, || {
            counter!("sortie_streams_closed_total", "code" => code.to_string()).increment(1);
            counter!("sortie_stream_bytes_total", "direction" => "up").increment(bytes_up);
            counter!("sortie_stream_bytes_total", "direction" => "down").increment(bytes_down);
        });
    }

    /// Everything as text.
    pub(crate) fn render(&self, gauges: &Gauges, version: &str) -> String {
        #[expect(clippy::cast_precision_loss, reason = "gauges are floats, and these counts are far below 2^53")]
        with_local_recorder(&self.recorder, || {
            gauge!("sortie_connections").set(gauges.connections as f64);
            gauge!("sortie_streams").set(gauges.streams as f64);
            gauge!("sortie_event_streams").set(gauges.event_streams as f64);
            gauge!("sortie_reconciler_passes").set(gauges.passes as f64);
            gauge!("sortie_workloads_orphaned").set(gauges.orphans as f64);
            for (status, count) in &gauges.warm {
                gauge!("sortie_warm_workloads", "status" => *status).set(*count as f64);
            }
            if let Some(newest) = gauges.backup.newest {
                gauge!("sortie_backup_newest_timestamp_seconds").set(newest as f64 / 1e6);
                gauge!("sortie_backup_bytes").set(gauges.backup.bytes as f64);
            }
            gauge!("sortie_backup_failures").set(gauges.backup.failures as f64);
            if let Some(drill) = gauges.backup.drill {
                gauge!("sortie_backup_drill_timestamp_seconds").set(drill.at.as_micros() as f64 / 1e6);
                gauge!("sortie_backup_drill_restore_seconds").set(drill.restore.as_secs_f64());
                gauge!("sortie_backup_drill_lost_seconds").set(drill.lost.as_secs_f64());
                gauge!("sortie_backup_drill_issues").set(drill.issues as f64);
            }
            if let Some(forward) = &gauges.forward {
                gauge!("sortie_audit_forward_lag_seconds").set(forward.lag.as_secs_f64());
                gauge!("sortie_audit_forward_waiting").set(forward.waiting as f64);
                gauge!("sortie_audit_forward_entries").set(forward.taken as f64);
                gauge!("sortie_audit_forward_failures").set(forward.failures as f64);
            }
            gauge!("sortie_build", "version" => version.to_owned()).set(1.0);
        });
        self.handle.render()
    }

    /// Folds what was recorded since the last time, so that memory stays bounded when nobody asks.
    pub(crate) fn upkeep(&self) {
        self.handle.run_upkeep();
    }
}
