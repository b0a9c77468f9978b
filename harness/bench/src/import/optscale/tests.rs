//! The published shape, streamed.
