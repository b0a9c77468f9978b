//! Five families of questions with worked steps.
