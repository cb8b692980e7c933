//! Fixtures, fakes and contract suites for the tests of Sortie.

pub mod contract;
pub mod engine;
pub mod objects;
pub mod old;
pub mod postgres;
pub mod provider;
