//! Every block of commands, variables and apps in our guides is run, or the data says where else it is.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{facts, list, project, shell, text};
use crate::harness::world::{PASSWORD, World, binary};

/// A fenced block: its file, its language, its text.
struct Block {
    file: String,
    language: String,
    text: String,
}

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|it| it == "md") {
            found.push(path);
        }
    }
}

/// The blocks of the README and of everything below `docs/`.
fn blocks() -> Vec<Block> {
    let mut files = vec![project().join("README.md")];
    pages(&project().join("docs"), &mut files);
    files.sort();
    let mut found = Vec::new();
    for path in files {
        let file = path.strip_prefix(project()).unwrap().display().to_string();
        let content = fs::read_to_string(&path).unwrap();
        let mut open: Option<Block> = None;
        for line in content.lines() {
            match (&mut open, line.strip_prefix("```")) {
                (None, Some(language)) => {
                    open = Some(Block { file: file.clone(), language: language.to_owned(), text: String::new() });
                }
                (Some(_), Some(_)) => found.extend(open.take()),
                (Some(block), None) => {
                    block.text.push_str(line);
                    block.text.push('\n');
                }
                (None, None) => {}
            }
        }
    }
    found
}

#[tokio::test]
async fn every_block_of_our_guides_works_as_it_stands_there() {
    let rows = facts("guides.toml", "block");
    let world = World::sqlite();
    let server = world.start().await;
    let (mut ran, mut wrong) = (0, Vec::new());
    let mut used = vec![false; rows.len()];
    for block in blocks() {
        let fits = |it: &&Value| block.file == text(it, "file") && block.text.starts_with(text(it, "begins"));
        let Some(row) = rows.iter().position(|it| fits(&it)) else {
            wrong.push(format!("{}: not listed in guides.toml: {}", block.file, block.text));
            continue;
        };
        used[row] = true;
        let row = &rows[row];
        let outcome = match text(row, "run") {
            "shell" => run_commands(row, &block, &world, &server.address.to_string()),
            "variables" => run_variables(row, &block).await,
            "app" => {
                let answer = server.admin().await.post("/api/apps", &serde_json::from_str(&block.text).unwrap()).await;
                if answer.status == 201 { Ok(()) } else { Err(format!("{answer:?}")) }
            }
            _ if !text(row, "elsewhere").is_empty() => continue,
            other => Err(format!("run = {other:?} is no way to run it")),
        };
        ran += 1;
        if let Err(error) = outcome {
            wrong.push(format!("{} ({}): {error}\n{}", block.file, block.language, block.text));
        }
    }
    for (row, _) in rows.iter().zip(&used).filter(|it| !it.1) {
        wrong.push(format!("guides.toml: no such block any more: {row}"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ran >= 5, "this check has lost its subject");
}

/// Runs the lines from the project's folder; paths of the system stand below the world's folder instead.
fn run_commands(row: &Value, block: &Block, world: &World, address: &str) -> Result<(), String> {
    let root = world.folder().join("root");
    for folder in ["usr/local/bin", "etc"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    let (root, sortie) = (root.display().to_string(), binary().display().to_string());
    let data = world.data_dir().display().to_string();
    let known = [
        ("{root}", root.as_str()),
        ("{data}", &data),
        ("{address}", address),
        ("{sortie}", &sortie),
        ("{password}", PASSWORD),
    ];
    let lines = replaced(row, block, &known);
    let printed = shell(&lines, &project())?;
    let lacking: Vec<_> = list(row, "prints").into_iter().filter(|it| !printed.contains(it)).collect();
    if lacking.is_empty() { Ok(()) } else { Err(format!("printed {printed:?}, without {lacking:?}")) }
}

/// The block with what is different on this machine.
fn replaced(row: &Value, block: &Block, known: &[(&str, &str)]) -> String {
    let mut lines = block.text.clone();
    for pair in row["replace"].as_array().into_iter().flatten() {
        let (from, to) = (pair[0].as_str().unwrap(), pair[1].as_str().unwrap());
        assert!(lines.contains(from), "{}: {from} is not there", block.file);
        let to = known.iter().fold(to.to_owned(), |to, (name, text)| to.replace(name, text));
        lines = lines.replace(from, &to);
    }
    lines
}

/// Variables are understood by the binary, every one.
async fn run_variables(row: &Value, block: &Block) -> Result<(), String> {
    let world = World::bare();
    let secret = world.folder().join("secret");
    fs::write(&secret, "a-secret-of-this-test").unwrap();
    let lines = replaced(row, block, &[("{secret}", &secret.display().to_string())]);
    fs::write(world.folder().join("block.env"), lines).unwrap();
    let output = world.run(&["config", "--env-file", "block.env"], super::super::harness::PATIENCE).await;
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() && !told.contains("not a known setting") { Ok(()) } else { Err(told) }
}
