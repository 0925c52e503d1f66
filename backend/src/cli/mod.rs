//! The terminal.
//!
//! Exit codes: 0 all went well; 1 a beat of a checked scenario failed, or the playground refused; 2 the arguments do not
//! fit; 70 the playground itself failed (the spawner died); 130 interrupted.

mod doctor;
mod feed;
mod inside;
mod print;
mod probe;
mod protections;
mod run;
mod script;
mod serve;
mod terminal;
mod words;

use crate::{
    config::{self, Layers, LogFormat},
    limits,
    limits::BoxLimits,
    sandbox::{self, Isolation},
    spawner,
};
use anyhow::{Context, Result, bail};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use nix::sys::{
    prctl,
    resource::{Resource, getrlimit, setrlimit},
};
use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    io::{IsTerminal, stderr},
    path::PathBuf,
    process::ExitCode,
};
use tokio::runtime::{Builder, Runtime};
use tracing_subscriber::EnvFilter;

const EXIT_CODES: &str = "Exit codes: 0 all went well; 1 a beat of a checked scenario failed, or the playground refused; \
                          2 the arguments do not fit; 70 the playground itself failed; 130 interrupted";
/// A beat failed, or the playground refused.
const FAILED: u8 = 1;
/// EX_SOFTWARE of sysexits(3): a service manager starts the server again.
const SPAWNER_DIED: u8 = 70;
/// 128 + SIGINT, as a shell says it.
const INTERRUPTED: u8 = 130;

/// Real processes that talk to each other, and every step they make.
#[derive(Debug, Parser)]
#[command(name = "ipc-playground", version, arg_required_else_help = true, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the page and the protocol.
    Serve(Box<Serve>),
    /// Run an entry here and print what its processes do.
    Run(Box<run::Args>),
    /// Say what this host can do, what it cannot, and what would change that.
    Doctor(Isolation),
    /// Measure what the mechanisms and X-ray cost on this host.
    #[command(hide = true)]
    Bench {
        /// What to measure; everything if absent.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Try one thing that cannot be tried in a process with threads.
    #[command(hide = true)]
    Probe {
        /// What to try.
        what: probe::What,
    },
    /// Run a program as a worker of a box, with its limits and nothing else of a run.
    #[command(hide = true)]
    Inside(inside::Args),
}

#[derive(Debug, clap::Args)]
#[command(args_override_self = true)]
struct Serve {
    /// File with settings, TOML with the names of these flags.
    #[arg(long, value_name = "FILE", env = "IPC_PLAYGROUND_CONFIG")]
    config: Option<PathBuf>,
    /// Print the settings in force as such a file, and exit.
    #[arg(long)]
    print_config: bool,
    /// Hold so much more memory, to measure whether starting a run depends on it.
    #[arg(long, value_name = "N", hide = true, default_value_t = 0)]
    ballast_mib: usize,
    #[command(flatten)]
    settings: config::Settings,
}

/// The whole program.
pub fn main() -> ExitCode {
    let args: Vec<_> = env::args_os().collect();
    let done = parse(&args).and_then(|(cli, origins)| dispatch(cli, &origins));
    done.unwrap_or_else(|error| {
        terminal::complain(&format!("{error:#}"));
        ExitCode::from(FAILED)
    })
}

/// Where each setting is from, by its name.
type Origins = BTreeMap<String, config::Origin>;

fn parse(args: &[OsString]) -> Result<(Cli, Origins)> {
    let all = Cli::command();
    let given = all.clone().get_matches_from(args);
    let Some(serve) = given.subcommand_matches("serve") else {
        return Ok((Cli::from_arg_matches(&given)?, Origins::new()));
    };
    let file = serve.get_one::<PathBuf>("config");
    let layers = Layers::new(serve, file.map(PathBuf::as_path))?;
    // Right behind the name of the command: none of them was given as a flag as well.
    let name = args
        .iter()
        .position(|arg| arg == "serve")
        .map_or(args.len(), |index| index + 1);
    let merged = args
        .iter()
        .take(name)
        .cloned()
        .chain(layers.arguments)
        .chain(args.iter().skip(name).cloned());
    let cli = Cli::from_arg_matches(&all.get_matches_from(merged))?;
    Ok((cli, layers.origins))
}

/// Whatever forks does so first: a runtime has threads.
fn dispatch(cli: Cli, origins: &Origins) -> Result<ExitCode> {
    match cli.command {
        Command::Serve(serve) if serve.print_config => {
            terminal::say(&serve.settings.to_file(origins)?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve(mut serve) => {
            log("info", serve.settings.log_format);
            enough_descriptors(&serve.settings.limits.of_box)?;
            limits::set(serve.settings.limits.of_box.clone());
            let spawner =
                spawner::fork(&serve.settings.isolation).context("cannot begin to make boxes")?;
            let limits = &mut serve.settings.limits;
            // Who says how many there may be knows better.
            if origins.get("runs") == Some(&config::Origin::Default) {
                limits.runs = spawner.protection().room(limits.runs);
            }
            // Before there are threads. Only the spawner needs root's rights.
            sandbox::become_plain().context("cannot give up the rights of root")?;
            // What is in its memory, tokens of learners for example, is nothing for other programs of the same user.
            prctl::set_dumpable(false).context("cannot close the server's memory to others")?;
            let ballast = vec![1_u8; serve.ballast_mib << 20];
            let done = finish(runtime()?, serve::serve(serve.settings, spawner));
            drop(ballast);
            done
        }
        Command::Run(args) => {
            log("warn", LogFormat::Text);
            let spawner = spawner::fork(&args.isolation).context("cannot begin to make boxes")?;
            finish(runtime()?, run::run(*args, spawner))
        }
        Command::Doctor(isolation) => {
            log("error", LogFormat::Text);
            let found = spawner::examination(&isolation.box_uids).context("cannot try anything")?;
            let spawner = spawner::fork(&isolation);
            finish(runtime()?, doctor::doctor(&isolation, &found, spawner))
        }
        Command::Bench { args } => crate::bench::run(&args).map(|()| ExitCode::SUCCESS),
        Command::Probe { what } => Ok(probe::probe(what)),
        Command::Inside(args) => inside::inside(&args),
    }
}

/// As many descriptors as the system lets us have: a run takes one here and one of the spawner, a browser takes one. Shells
/// give 1,024 for the sake of programs that use select(2).
fn enough_descriptors(wanted: &BoxLimits) -> Result<()> {
    let (_, hard) =
        getrlimit(Resource::RLIMIT_NOFILE).context("cannot read the limit of open files")?;
    if hard < wanted.open_files {
        bail!(
            "a process may have only {hard} descriptors here, and one of a run needs {}; allow more (ulimit -n, LimitNOFILE=)",
            wanted.open_files
        );
    }
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).context("cannot raise the limit of open files")
}

fn runtime() -> Result<Runtime> {
    Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")
}

fn finish(runtime: Runtime, work: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    let done = runtime.block_on(work);
    // What is still asleep in it, a kept journal for example, is of no use any more.
    runtime.shutdown_background();
    done
}

fn log(default: &str, format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_target(false);
    match format {
        LogFormat::Text => log.with_ansi(stderr().is_terminal()).init(),
        // Fields of the line and of the run it belongs to, all in one object.
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .init(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Cli, Command, parse};
    use crate::config::Origin;
    use clap::CommandFactory;
    use std::{ffi::OsString, fs};

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_file_sets_what_no_flag_does() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        fs::write(
            &file,
            "port = 4711\nruns = 7\nallow-origin = [\"https://a\", \"https://b\"]",
        )
        .unwrap();
        let args = [
            "ipc-playground",
            "serve",
            "--config",
            file.to_str().unwrap(),
            "--port",
            "0",
        ];
        let (cli, origins) = parse(&args.map(OsString::from)).unwrap();
        let Command::Serve(serve) = cli.command else {
            panic!("serve")
        };
        assert_eq!((serve.settings.port, serve.settings.limits.runs), (0, 7));
        assert_eq!(serve.settings.allow_origin, ["https://a", "https://b"]);
        assert_eq!(
            [origins["port"], origins["runs"], origins["idle-ms"]],
            [Origin::Flag, Origin::File, Origin::Default]
        );
    }
}
