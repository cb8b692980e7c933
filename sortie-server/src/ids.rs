//! The real source of ids.

use sortie_core::port::IdSource;

/// UUID version 7 (RFC 9562 §5.7): ids that sort by time keep indexes warm.
pub(crate) struct UuidSource;

impl IdSource for UuidSource {
    fn next(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }
}
