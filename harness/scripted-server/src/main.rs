//! Runs a scripted server until it is killed, and prints its address.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use markovscale_scripted_server::{Script, Server, load};

const USAGE: &str = "\
usage: markovscale-scripted-server [--listen ADDRESS] [SCRIPT]
       markovscale-scripted-server --load ADDRESS CONNECTIONS SECONDS

SCRIPT is a file with a script in JSON, or the JSON itself; every field may be left out, e.g. '{\"latency_ms\": 50}'.
ADDRESS is 127.0.0.1:0 unless given: a free port. The base address is printed on one line; GET /_counters says what
was asked and delivered.

With --load it is a client, the plainest there can be: it prints how many replies a second the server at ADDRESS gives to
so many connections.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some((first, rest)) = arguments.split_first()
        && first == "--load"
    {
        return match ask(rest) {
            Ok(rate) => {
                let _ = writeln!(std::io::stdout().lock(), "{rate:.0}");
                ExitCode::SUCCESS
            }
            Err(message) => {
                let _ = writeln!(std::io::stderr().lock(), "{message}");
                ExitCode::from(2)
            }
        };
    }
    match start(arguments.into_iter()) {
        Ok(server) => {
            let _ = writeln!(std::io::stdout().lock(), "{}", server.url());
            server.wait();
            ExitCode::SUCCESS
        }
        Err(message) => {
            let _ = writeln!(std::io::stderr().lock(), "{message}");
            ExitCode::from(2)
        }
    }
}

/// Replies a second of a server.
fn ask(arguments: &[String]) -> Result<f64, String> {
    let [address, connections, seconds] = arguments else { return Err(USAGE.to_owned()) };
    let address: SocketAddr = address.parse().map_err(|_| format!("{address} is no address like 127.0.0.1:8000"))?;
    let connections: usize = connections.parse().map_err(|_| format!("{connections} is no number of connections"))?;
    let seconds: u64 = seconds.parse().map_err(|_| format!("{seconds} is no number of seconds"))?;
    let got = load(address, connections, Duration::from_secs(seconds)).map_err(|error| error.to_string())?;
    Ok(got.replies as f64 / got.seconds)
}

fn start(mut arguments: impl Iterator<Item = String>) -> Result<Server, String> {
    let (mut address, mut script) = (SocketAddr::from(([127, 0, 0, 1], 0)), Script::default());
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--listen" => {
                let given = arguments.next().ok_or("--listen wants an address, e.g. 127.0.0.1:8000")?;
                address = given.parse().map_err(|_| format!("{given} is no address like 127.0.0.1:8000"))?;
            }
            "--help" | "-h" => return Err(USAGE.to_owned()),
            text if text.trim_start().starts_with('{') => script = Script::from_json(text)?,
            option if option.starts_with('-') => return Err(format!("unknown option {option}\n\n{USAGE}")),
            path => {
                let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
                script = Script::from_json(&text).map_err(|error| format!("{path}: {error}"))?;
            }
        }
    }
    Server::start_on(address, script).map_err(|error| format!("cannot listen on {address}: {error}"))
}
