//! A run's folder: its lock, its format, the experiment and environment it belongs to.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::environment::{Environment, ExperimentHashes, WorkSession, read_environment};
use super::error::TraceError;
use super::layout::FORMAT;
use super::parts::write_atomically;
use crate::models::ModelIdentity;
use crate::net::ServiceIdentity;
use crate::suggest::nearest;

/// What a run must know to be opened for writing.
#[derive(Debug, Clone)]
pub struct Opening<'a> {
    /// The folder of all runs.
    pub runs_dir: &'a Path,
    /// The run's name.
    pub name: &'a str,
    /// The experiment as expanded, YAML.
    pub experiment: &'a str,
    /// Its hashes.
    pub hashes: ExperimentHashes,
    /// Backbones: name and what answers.
    pub backbones: Vec<(String, String)>,
    /// What is being run.
    pub command: &'a str,
    /// Move an incompatible run aside instead of refusing.
    pub force: bool,
}

/// An open run. While it is open for writing no other process can write to it.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    environment: Environment,
    /// Of this process, as last recorded.
    active_seconds: AtomicU64,
    /// Servers and models of the environment, and those that became known since.
    answering: Mutex<Answering>,
    lock: Option<File>,
}

/// What answered or scored.
type Answering = (Vec<ServiceIdentity>, Vec<ModelIdentity>);

impl RunFolder {
    /// Creates a run, or opens it to be continued. Changed methods, budgets or pool sizes continue the same draws;
    /// a changed way of drawing is refused, or with `force` the old run is moved aside whole.
    ///
    /// # Errors
    /// When another process holds it, it is newer than this program, belongs to another experiment, or cannot be written.
    pub fn open_for_writing(opening: &Opening<'_>) -> Result<Self, TraceError> {
        let path = opening.runs_dir.join(opening.name);
        std::fs::create_dir_all(&path).map_err(TraceError::io("create the folder", &path))?;
        let mut lock = acquire(&path)?;
        let mut old = read_environment(&path)?;
        let conflict = old.as_ref().and_then(|e| e.hashes.conflict(&opening.hashes).map(str::to_owned));
        if let (Some(environment), Some(conflict)) = (&old, conflict) {
            if !opening.force {
                let what = format!("{conflict}: {}", difference(&path, opening.experiment));
                return Err(TraceError::OtherExperiment { what, path });
            }
            move_aside(&path, &environment.hashes.experiment)?;
            std::fs::create_dir_all(&path).map_err(TraceError::io("create the folder", &path))?;
            lock = acquire(&path)?;
            old = None;
        }
        if let Some(environment) = &old {
            opening.hashes.check_verifiers(&environment.hashes, &path)?;
        }
        let hashes = match &old {
            Some(environment) => opening.hashes.clone().over(&environment.hashes),
            None => opening.hashes.clone(),
        };
        let (mut sessions, servers, models) = old.map(|e| (e.sessions, e.servers, e.models)).unwrap_or_default();
        sessions.push(WorkSession {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: option_env!("MARKOVSCALE_COMMIT").map(str::to_owned),
            command: opening.command.to_owned(),
            started: now(),
            ended: None,
            active_seconds: 0,
        });
        let environment = Environment {
            format: FORMAT,
            machine: machine(),
            hashes,
            backbones: opening.backbones.clone(),
            sessions,
            servers,
            models,
        };
        let run = Self::of(path, environment, Some(lock));
        run.write_text("experiment.yaml", opening.experiment)?;
        run.write_environment()?;
        Ok(run)
    }

    /// Opens an existing run for reading, beside a process that may be writing to it.
    ///
    /// # Errors
    /// When there is no such run, or it is newer than this program.
    pub fn open_for_reading(path: &Path) -> Result<Self, TraceError> {
        let environment = read_environment(path)?
            .ok_or_else(|| TraceError::NoRun { path: path.to_owned(), nearest: nearest_run(path) })?;
        Ok(Self::of(path.to_owned(), environment, None))
    }

    fn of(path: PathBuf, environment: Environment, lock: Option<File>) -> Self {
        let answering = Mutex::new((environment.servers.clone(), environment.models.clone()));
        Self { path, environment, active_seconds: AtomicU64::new(0), answering, lock }
    }

    /// The run's folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is known about where it was made.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The experiment as expanded.
    pub fn experiment(&self) -> PathBuf {
        self.path.join("experiment.yaml")
    }

    /// The experiment as last replayed: other methods and budgets may be tried on the same draws.
    pub fn replayed(&self) -> PathBuf {
        self.path.join("replayed.yaml")
    }

    /// What every method achieved when last replayed.
    pub fn outcomes(&self) -> PathBuf {
        self.path.join("outcomes.parquet")
    }

    /// What the draws were like when last replayed.
    pub fn draw_statistics(&self) -> PathBuf {
        self.path.join("draw_statistics.parquet")
    }

    /// How the methods compared when last replayed.
    pub fn comparisons(&self) -> PathBuf {
        self.path.join("comparisons.parquet")
    }

    /// How `markovscale` compared with other methods at equal tokens when last replayed.
    pub fn equal_tokens(&self) -> PathBuf {
        self.path.join("equal_tokens.parquet")
    }

    /// Records the experiment that is about to be replayed.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_replayed(&self, experiment: &str) -> Result<(), TraceError> {
        self.write_text("replayed.yaml", experiment)
    }

    /// Records what servers say of themselves and what models are, as far as it is not there yet.
    ///
    /// # Errors
    /// When `environment.json` cannot be written.
    pub fn record_answering(
        &self,
        servers: Vec<ServiceIdentity>,
        models: Vec<ModelIdentity>,
    ) -> Result<(), TraceError> {
        let mut answering = self.answering.lock().unwrap_or_else(PoisonError::into_inner);
        let new = [add(&mut answering.0, servers), add(&mut answering.1, models)].contains(&true);
        drop(answering);
        if new { self.write_environment() } else { Ok(()) }
    }

    /// Records the end of this process's work and gives up the lock.
    ///
    /// # Errors
    /// When `environment.json` cannot be written.
    pub fn finish(mut self) -> Result<(), TraceError> {
        if self.lock.is_some() {
            if let Some(session) = self.environment.sessions.last_mut() {
                session.ended = Some(now());
            }
            self.write_environment()?;
        }
        Ok(())
    }

    /// Key-value pairs for the metadata of every part.
    pub(super) fn part_metadata(&self) -> Vec<(String, String)> {
        vec![("markovscale.run".to_owned(), self.path.file_name().unwrap_or_default().to_string_lossy().into_owned())]
    }

    /// Seconds in which earlier processes collected or scored, as far as they recorded them before they ended.
    pub fn active_before(&self) -> u64 {
        let earlier = self.environment.sessions.split_last().map_or(&[][..], |(_, earlier)| earlier);
        earlier.iter().map(|session| session.active_seconds).sum()
    }

    /// Seconds of this process that were last recorded.
    pub fn active_now(&self) -> u64 {
        self.active_seconds.load(Ordering::Relaxed)
    }

    /// Records in how many seconds this process has collected or scored so far: what is recorded counts even when it is
    /// killed.
    ///
    /// # Errors
    /// When `environment.json` cannot be written.
    pub fn record_active(&self, seconds: u64) -> Result<(), TraceError> {
        if self.active_seconds.swap(seconds, Ordering::Relaxed) == seconds {
            return Ok(());
        }
        self.write_environment()
    }

    fn write_environment(&self) -> Result<(), TraceError> {
        let path = self.path.join("environment.json");
        let (servers, models) = self.answering.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut environment = Environment { servers, models, ..self.environment.clone() };
        if let (Some(session), true) = (environment.sessions.last_mut(), self.lock.is_some()) {
            session.active_seconds = self.active_seconds.load(Ordering::Relaxed);
        }
        let text = serde_json::to_string_pretty(&environment)
            .map_err(|error| TraceError::Encode { path, message: error.to_string() })?;
        self.write_text("environment.json", &(text + "\n"))
    }

    fn write_text(&self, name: &str, text: &str) -> Result<(), TraceError> {
        let path = self.path.join(name);
        write_atomically(&path, |file| file.write_all(text.as_bytes()).map_err(TraceError::io("write", &path)))
    }
}

/// Adds what is not known yet; whether there was anything.
fn add<T: PartialEq>(known: &mut Vec<T>, found: Vec<T>) -> bool {
    let before = known.len();
    for one in found {
        if !known.contains(&one) {
            known.push(one);
        }
    }
    known.len() > before
}

pub(super) fn acquire(run: &Path) -> Result<File, TraceError> {
    let path = run.join(".lock");
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(TraceError::io("lock", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            let holder = if holder.trim().is_empty() { "another process".to_owned() } else { holder.trim().to_owned() };
            return Err(TraceError::InUse { path: run.to_owned(), holder });
        }
        Err(TryLockError::Error(error)) => return Err(TraceError::io("lock", &path)(error)),
    }
    let holder = format!("process {} (since {})", std::process::id(), now());
    file.set_len(0)
        .and_then(|()| file.seek(SeekFrom::Start(0)))
        .and_then(|_| file.write_all(holder.as_bytes()))
        .map_err(TraceError::io("write to", &path))?;
    Ok(file)
}

/// The first line in which the stored experiment differs from the new one.
fn difference(run: &Path, new: &str) -> String {
    let old = std::fs::read_to_string(run.join("experiment.yaml")).unwrap_or_default();
    let differs = old.lines().zip(new.lines()).find(|(old, new)| old != new);
    differs.map_or_else(
        || "its settings for drawing differ".to_owned(),
        |(old, new)| format!("it has `{}`, this one `{}`", old.trim(), new.trim()),
    )
}

pub(super) fn move_aside(run: &Path, experiment_hash: &str) -> Result<PathBuf, TraceError> {
    let name = run.file_name().and_then(|n| n.to_str()).unwrap_or("run");
    let short: String = experiment_hash.chars().take(8).collect();
    let candidates = (0..).map(|n| if n == 0 { String::new() } else { format!("-{n}") });
    let aside = candidates
        .map(|suffix| run.with_file_name(format!("{name}.before-{short}{suffix}")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| run.with_extension("before"));
    std::fs::rename(run, &aside).map_err(TraceError::io("move aside", run))?;
    Ok(aside)
}

fn nearest_run(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let names = std::fs::read_dir(path.parent()?).ok()?.filter_map(|entry| {
        let entry = entry.ok()?;
        entry.path().join("environment.json").exists().then(|| entry.file_name().to_str().map(str::to_owned))?
    });
    let names: Vec<String> = names.collect();
    nearest(wanted, names.iter().map(String::as_str)).map(str::to_owned)
}

fn now() -> String {
    chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{} {}, {cores} logical cores", std::env::consts::OS, std::env::consts::ARCH)
}
