//! The promises of every engine, kept by Docker, by Podman and by the simulation; and the reasons that only real ones give.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use sortie_core::{
    id::InstallationId,
    port::Engine,
    services::{
        Cause, Node, Step,
        config::{Probe, Question},
        seen::ContainerState,
    },
};
use sortie_local::{DockerEngine, EngineAddress, SimulatedEngine};
use sortie_testkit::{
    contract::engine::{self as contract, Stage},
    engine::{self, IMAGE, Kind, RealEngine, empty_registry},
};
use tokio::time::Instant;

fn door(engine: &RealEngine, installation: &str) -> Result<DockerEngine> {
    Ok(DockerEngine::new(EngineAddress::Unix(engine.socket()), InstallationId::new(installation)?))
}

macro_rules! promises {
    ($($name:ident)*) => {
        mod simulated {
            use super::*;

            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() -> Result<()> {
                let mine = SimulatedEngine::new(InstallationId::new("mine")?);
                let other = mine.for_installation(InstallationId::new("other")?);
                contract::$name(&Stage { mine: &mine, other: &other, image: IMAGE }).await
            })*
        }

        /// One after the other on one daemon: starting one takes longer than all of them.
        async fn all_promises(engine: &RealEngine) -> Result<()> {
            let (mine, other) = (door(engine, "mine")?, door(engine, "other")?);
            let stage = Stage { mine: &mine, other: &other, image: IMAGE };
            $(contract::$name(&stage).await.context(stringify!($name))?;)*
            Ok(())
        }
    };
}

promises! {
    a_service_lives_from_download_to_removal
    doing_a_step_twice_is_success
    what_is_not_ours_is_neither_seen_nor_touched
    a_port_in_use_is_told
    an_engine_is_the_same_each_time_it_is_asked
}

#[test]
fn docker_keeps_every_promise_and_says_what_went_wrong() -> Result<()> {
    engine::with(Kind::Docker, async |engine| {
        all_promises(&engine).await?;
        reasons(&engine, "docker").await?;
        two_networks_of_one_name(&engine).await.context("two networks of one name")?;
        a_network_made_anew(&engine).await.context("a network made anew")
    })?
}

#[test]
fn podman_keeps_every_promise_and_says_what_went_wrong() -> Result<()> {
    engine::with(Kind::Podman, async |engine| {
        all_promises(&engine).await?;
        reasons(&engine, "podman").await
    })?
}

#[test]
fn an_engine_behind_tls_serves_whom_it_knows_and_nobody_else() -> Result<()> {
    engine::with(Kind::Docker, async |mut engine| {
        let (port, certificates) = engine.listen_with_tls()?;
        let door = |side: &Path| -> Result<DockerEngine> {
            let address = EngineAddress::Tls { address: format!("127.0.0.1:{port}"), certificates: side.to_owned() };
            Ok(DockerEngine::new(address, InstallationId::new("mine")?))
        };
        let mine = door(&certificates.client)?;
        let stage = Stage { mine: &mine, other: &mine, image: IMAGE };
        contract::a_service_lives_from_download_to_removal(&stage).await?;
        ensure!(door(&certificates.stranger)?.identify().await.is_err(), "an unknown engine was trusted");
        fs::copy(certificates.client.join("ca.pem"), certificates.stranger.join("ca.pem"))?;
        ensure!(door(&certificates.stranger)?.identify().await.is_err(), "a stranger was let in");
        Ok(())
    })?
}

async fn reasons(engine: &RealEngine, kind: &str) -> Result<()> {
    let mine = door(engine, "mine")?;
    ensure!(mine.identify().await?.kind == kind);
    an_image_that_does_not_exist(&mine).await.context("an image that does not exist")?;
    a_container_that_dies(&mine).await.context("a container that dies")?;
    a_container_out_of_a_network(engine, &mine).await.context("a container out of a network")?;
    probes_and_logs(&mine).await.context("probes and logs")
}

async fn clear(engine: &DockerEngine) -> Result<()> {
    contract::perform(engine, &contract::leading_down(&engine.observe(&[]).await?)).await
}

async fn an_image_that_does_not_exist(engine: &DockerEngine) -> Result<()> {
    let registry = empty_registry().await?;
    let target = contract::target(&format!("{registry}/none:1"), Vec::new())?;
    let steps = contract::leading_up(&target)?;
    let cause = contract::failing(engine, &steps[0]).await?;
    ensure!(cause == Cause::ImageNotFound, "{cause:?}");
    let target = contract::target("missing.invalid/none:1", Vec::new())?;
    let cause = contract::failing(engine, &contract::leading_up(&target)?[0]).await?;
    ensure!(cause == Cause::ImageUnreachable, "{cause:?}");
    Ok(())
}

async fn a_container_that_dies(engine: &DockerEngine) -> Result<()> {
    let dying = |command: &str| {
        let argv = command.split(' ').map(Node::text).collect();
        contract::target(IMAGE, vec![("command", Node::List(argv)), ("restart", Node::text("no"))])
    };
    contract::perform(engine, &contract::leading_up(&dying("false")?)?).await?;
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let state = contract::container(engine).await?.state;
        if state == ContainerState::Exited(1) {
            break;
        }
        ensure!(Instant::now() < deadline, "{state:?}");
    }
    clear(engine).await?;
    let steps = contract::leading_up(&dying("/no/such/program")?)?;
    let (start, before) = steps.split_last().context("there are steps")?;
    contract::perform(engine, before).await?;
    let cause = contract::failing(engine, start).await?;
    ensure!(cause == Cause::Refused, "{cause:?}");
    clear(engine).await
}

async fn a_container_out_of_a_network(engine: &RealEngine, mine: &DockerEngine) -> Result<()> {
    contract::perform(mine, &contract::leading_up(&contract::target(IMAGE, Vec::new())?)?).await?;
    let container = contract::container(mine).await?;
    ensure!(container.networks == ["7001_back", "7001_front"], "{:?}", container.networks);
    let request = format!(r#"{{"Container":"{}"}}"#, container.id);
    engine.ask_json("POST", "/networks/7001_back/disconnect", &request)?;
    let networks = contract::container(mine).await?.networks;
    ensure!(networks == ["7001_front"], "{networks:?}");
    clear(mine).await
}

/// Docker has them after a request that was cut off and sent again, and starts nothing in either; Podman's names are unique.
async fn two_networks_of_one_name(engine: &RealEngine) -> Result<()> {
    let mine = door(engine, "mine")?;
    let steps = contract::leading_up(&contract::target(IMAGE, Vec::new())?)?;
    let (start, before) = steps.split_last().context("there are steps")?;
    contract::perform(&mine, before).await?;
    let again = r#"{"Name":"7001_back","Labels":{"io.sortie.installation":"mine","io.sortie.app-id":"7001"}}"#;
    engine.ask_json("POST", "/networks/create", again)?;
    let how_many = async || -> Result<usize> {
        Ok(mine.observe(&[]).await?.networks.iter().filter(|it| it.name == "7001_back").count())
    };
    ensure!(how_many().await? == 2);
    ensure!(contract::failing(&mine, start).await? == Cause::Refused);
    contract::perform(&mine, &steps).await?;
    ensure!(how_many().await? == 1);
    engine.ask_json("POST", "/networks/create", again)?;
    contract::perform(&mine, &steps).await?;
    ensure!(how_many().await? == 1, "the one that is used is kept");
    ensure!(contract::container(&mine).await?.state == ContainerState::Running);
    engine.ask_json("POST", "/networks/create", again)?;
    clear(&mine).await?;
    ensure!(how_many().await? == 0, "all of the name go");
    Ok(())
}

/// Somebody removed the network of a container that is stopped.
async fn a_network_made_anew(engine: &RealEngine) -> Result<()> {
    let mine = door(engine, "mine")?;
    let target = contract::target(IMAGE, Vec::new())?;
    let steps = contract::leading_up(&target)?;
    contract::perform(&mine, &steps).await?;
    let container = contract::container(&mine).await?.id;
    let stop = Step::StopContainer { key: contract::order(&target)?.key, container, timeout: Duration::ZERO };
    contract::perform(&mine, &[stop]).await?;
    engine.ask("DELETE", "/networks/7001_back", &[])?;
    contract::perform(&mine, &steps).await?;
    ensure!(contract::container(&mine).await?.state == ContainerState::Running);
    clear(&mine).await
}

async fn probes_and_logs(engine: &DockerEngine) -> Result<()> {
    let script = "echo to out; echo to err >&2; httpd -p 8080 -h /tmp; exec sleep 3600";
    let target = contract::target(IMAGE, vec![("command", Node::text(script))])?;
    contract::perform(engine, &contract::leading_up(&target)?).await?;
    let id = contract::container(engine).await?.id;
    let ask = async |question: Question| {
        let probe = Probe {
            question,
            interval: Duration::from_secs(1),
            timeout: Duration::from_secs(10),
            retries: 1,
            start_period: Duration::ZERO,
        };
        engine.probe(&id, &probe).await
    };
    let argv = |text: &str| Question::Command(text.split(' ').map(str::to_owned).collect());
    let deadline = Instant::now() + Duration::from_secs(20);
    while let Err(answer) = ask(Question::Tcp(8080)).await {
        ensure!(Instant::now() < deadline, "{answer}");
    }
    ensure!(ask(argv("true")).await.is_ok());
    ensure!(ask(argv("false")).await.is_err_and(|it| it.contains("code 1")));
    ensure!(ask(Question::Tcp(81)).await.is_err());
    let missing = ask(Question::Http { port: 8080, path: "/none".to_owned() }).await;
    ensure!(missing.as_ref().is_err_and(|it| it.contains("404")), "{missing:?}");
    let lines = engine.logs(&id, 10).await?;
    let said = |text: &str, is_error: bool| lines.iter().any(|it| it.text == text && it.is_error == is_error);
    ensure!(said("to out", false) && said("to err", true), "{lines:?}");
    ensure!(lines.iter().all(|it| it.at.as_micros() > 0), "{lines:?}");
    ensure!(engine.logs(&id, 1).await?.len() == 1);
    let key = contract::order(&target)?.key;
    let stop = Step::StopContainer { key, container: id.clone(), timeout: Duration::ZERO };
    contract::perform(engine, &[stop]).await?;
    ensure!(ask(Question::Tcp(8080)).await.is_err());
    clear(engine).await
}
