//! Every scaling method, one file each, behind the interface of [`interface`].

pub mod config;
pub mod interface;
