//! A real HTTP/1.1 server on loopback that answers like a model server and fails as a script says.
//!
//! It stands in for vLLM, SGLang, llama.cpp and hosted vendors in tests and in speed measurements. Replies are functions
//! of the request alone ([`Script::seed`], the request's seed and its messages), so a disturbed run can be compared with
//! an undisturbed one. It counts what it is asked and what it delivers, so that nothing need be believed.
//!
//! It is written by hand over TCP: faults that a proper HTTP library would not let happen (a body cut short, a type that
//! does not fit) are the point, and it must cost little beside the program that it measures. Not for use on a network.

mod counters;
mod date;
mod fault;
mod hash;
mod http;
mod load;
mod model;
mod reply;
mod request;
mod routes;
mod script;
mod server;
mod verify;

pub use counters::{Billed, Counters};
pub use load::{Load, load};
pub use script::{Fault, Reasoning, RetryAfter, Rule, Script, When};
pub use server::{Recorded, Server};
