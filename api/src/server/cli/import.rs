//! `rollcall import`

use std::path::PathBuf;

use crate::server::client::Client;
use crate::server::progress::Progress;
use base::prelude::*;

/// Arguments.
#[derive(clap::Args)]
pub struct Args {
    /// The file
    file: PathBuf,
    /// What it says: pupils, classes, parents, marks, cases, schools, groups or links
    #[arg(long)]
    kind: String,
    /// The school it is for, when its rows name none
    #[arg(long)]
    school: Option<SchoolId>,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    /// The sheet of a workbook, when it is not the first
    #[arg(long)]
    sheet: Option<String>,
    /// Pupils: the file is the whole roll; who is not in it has left
    #[arg(long)]
    complete: bool,
    /// With --complete: the day on which the roll is so, when it is not today
    #[arg(long, requires = "complete", value_name = "DAY")]
    as_of: Option<NaiveDate>,
    /// With --complete: let more than half of a roll leave
    #[arg(long, requires = "complete")]
    insist: bool,
    /// Schools and groups: the UID of the trust's group
    #[arg(long, value_name = "UID")]
    group_uid: Option<String>,
    /// Schools: URNs of schools that are the trust's whatever their group, parted by commas
    #[arg(long)]
    urn: Option<String>,
    /// The service
    #[arg(long, env = "ROLLCALL_URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// An access token
    #[arg(long, env = "ROLLCALL_TOKEN", hide_env_values = true)]
    token: String,
}

/// Sends the file and waits for what comes of it.
pub fn run(args: &Args) -> Result<(), String> {
    let bytes =
        std::fs::read(&args.file).map_err(|error| format!("{}: {error}", args.file.display()))?;
    let name =
        args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let path = format!("/v1/imports?{}", query(args, &name));
    let client = Client::new(&args.url, &args.token);
    let done = Progress::new().send(&client, &path, None, &name, &bytes)?;
    print!("{}", summary(&done));
    if done["job"]["state"] == "done" {
        Ok(())
    } else {
        Err("the file was refused: nothing was changed".to_owned())
    }
}

/// What is asked, as the query of a URL.
fn query(args: &Args, name: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("kind", &args.kind).append_pair("file_name", name);
    let flags = [("dry_run", args.dry_run), ("complete", args.complete), ("insist", args.insist)];
    for (flag, _) in flags.iter().filter(|(_, given)| *given) {
        query.append_pair(flag, "true");
    }
    let values = [
        ("school_id", args.school.map(|school| school.to_string())),
        ("sheet", args.sheet.clone()),
        ("as_of", args.as_of.map(|day| day.to_string())),
        ("group_uid", args.group_uid.clone()),
        ("urn", args.urn.clone()),
    ];
    for (key, value) in values.iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
        query.append_pair(key, value);
    }
    query.finish()
}

/// What an import came to, as text.
fn summary(import: &Value) -> String {
    let result = &import["result"];
    let mut text = format!(
        "{} rows; {}\n",
        result["rows"],
        import["job"]["stage"].as_str().unwrap_or_default()
    );
    // What a refused file would have changed would only look as if it had.
    let counts = if import["job"]["state"] == "done" { result["counts"].as_object() } else { None };
    for (name, count) in counts.into_iter().flatten().filter(|(_, count)| **count != 0) {
        text.push_str(&format!("  {:20} {count}\n", name.replace('_', " ")));
    }
    for notice in result["notices"].as_array().into_iter().flatten() {
        text.push_str(&format!(
            "  note, line {}: {}\n",
            notice["line"],
            notice["text"].as_str().unwrap_or_default()
        ));
    }
    for problem in result["problems"].as_array().into_iter().flatten().take(20) {
        let part = |name: &str| problem[name].as_str().unwrap_or_default();
        text.push_str(&format!(
            "  line {}, {} {}: {}; expected {}\n",
            problem["line"],
            part("column"),
            part("value"),
            part("kind"),
            part("expected")
        ));
    }
    if result["problem_count"].as_u64().unwrap_or(0) > 20 {
        text.push_str(&format!("  {} problems in all\n", result["problem_count"]));
    }
    text
}
