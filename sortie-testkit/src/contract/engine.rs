//! What every [`Engine`] promises. Each check takes an engine that holds nothing of ours, another installation's door to the
//! same one, and the name of an image that it has or can get, whose programs are busybox's.

use anyhow::{Context, Result, bail, ensure};
use sortie_core::{
    port::{Engine, engine::StepError},
    services::{
        AppTarget, Cause, Key, Node, Seen, Step, Target,
        seen::{Container, ContainerState},
        step::Order,
    },
};

/// What a check works with.
pub struct Stage<'a> {
    /// The engine.
    pub mine: &'a dyn Engine,
    /// Another installation's door to it.
    pub other: &'a dyn Engine,
    /// An image that there is.
    pub image: &'a str,
}

/// A target with one app of one service that runs until it is stopped, and more of its configuration.
pub fn target(image: &str, more: Vec<(&'static str, Node)>) -> Result<Target> {
    let texts = |texts: &[&str]| Node::List(texts.iter().map(|it| Node::text(*it)).collect());
    let config = vec![
        ("image", Node::text(image)),
        ("command", texts(&["sleep", "3600"])),
        ("networks", texts(&["back", "front"])),
        ("volumes", texts(&["data:/data"])),
        ("environment", Node::map([("GREETING", Node::text("hello"))])),
        ("stopTimeout", Node::Whole(0)),
    ];
    let service = Node::map([
        ("serviceId", Node::Whole(1)),
        ("serviceName", Node::text("web")),
        ("config", Node::map(config.into_iter().chain(more))),
    ]);
    let app = Node::map([("appName", Node::text("Contract")), ("services", Node::List(vec![service]))]);
    Ok(Target::read(&Node::map([("apps", Node::map([("7001", app)]))]))?)
}

/// The steps that lead to the target's only container.
pub fn leading_up(target: &Target) -> Result<Vec<Step>> {
    let app = only(target)?;
    let number = app.number;
    let mut steps = vec![Step::DownloadImage { app: number, image: order(target)?.config.image }];
    steps.extend(app.volumes().into_iter().map(|name| Step::CreateVolume { app: number, name }));
    steps.extend(app.networks().into_iter().map(|name| Step::CreateNetwork { app: number, name }));
    steps.push(Step::StartContainer { order: Box::new(order(target)?), existing: None });
    Ok(steps)
}

fn only(target: &Target) -> Result<&AppTarget> {
    target.apps.values().next().context("the target holds no app")
}

/// The order for the target's only service.
pub fn order(target: &Target) -> Result<Order> {
    let app = only(target)?;
    Ok(Order::new(app, app.services.first().context("the app holds no service")?))
}

/// How often a step is tried that fails for the engine's own sake.
const ATTEMPTS: usize = 5;

/// Does steps one after the other. As the loop does, it tries again what failed for the engine's own sake: Podman makes no network
/// while an interface of the machine, anybody's, comes or goes.
pub async fn perform(engine: &dyn Engine, steps: &[Step]) -> Result<()> {
    for step in steps {
        let mut attempt = 1;
        while let Err(error) = engine.perform(step).await {
            let is_its_own = matches!(&error, StepError::Failed(it) if it.cause == Cause::EngineFailed);
            ensure!(is_its_own && attempt < ATTEMPTS, "{} {}: {error:?}", step.name(), step.object());
            attempt += 1;
        }
    }
    Ok(())
}

/// Does a step that must fail; answers why it did.
pub async fn failing(engine: &dyn Engine, step: &Step) -> Result<Cause> {
    match engine.perform(step).await {
        Err(StepError::Failed(failure)) => Ok(failure.cause),
        other => bail!("{} {} gave {other:?}", step.name(), step.object()),
    }
}

/// Everything of ours, and whether the engine has the image.
pub async fn seen(engine: &dyn Engine, image: &str) -> Result<Seen> {
    Ok(engine.observe(&[image.to_owned()]).await?)
}

/// The only container of ours.
pub async fn container(engine: &dyn Engine) -> Result<Container> {
    let mut seen = engine.observe(&[]).await?;
    ensure!(seen.containers.len() == 1, "{:#?}", seen.containers);
    seen.containers.pop().context("there is no container")
}

/// The steps after which nothing of ours is left.
pub fn leading_down(seen: &Seen) -> Vec<Step> {
    let mut steps = Vec::new();
    for it in &seen.containers {
        let (key, container) = (it.key, it.id.clone());
        steps.push(Step::StopContainer { key, container: container.clone(), timeout: std::time::Duration::ZERO });
        steps.push(Step::RemoveContainer { key, container });
    }
    steps.extend(seen.networks.iter().map(|it| Step::RemoveNetwork { app: it.app, name: it.name.clone() }));
    steps.extend(seen.volumes.iter().map(|it| Step::RemoveVolume { app: it.app, name: it.name.clone() }));
    steps
}

/// A service is made, runs, is stopped, runs again, and is gone.
pub async fn a_service_lives_from_download_to_removal(stage: &Stage<'_>) -> Result<()> {
    let target = target(stage.image, Vec::new())?;
    let order = order(&target)?;
    perform(stage.mine, &leading_up(&target)?).await?;
    let runs = container(stage.mine).await?;
    ensure!(runs.state == ContainerState::Running, "{runs:#?}");
    ensure!(runs.key == order.key && runs.fingerprint == order.fingerprint && runs.name == order.name, "{runs:#?}");
    ensure!(runs.networks == order.networks(), "{runs:#?}");
    ensure!(runs.started_at.is_some());
    let (key, id) = (runs.key, runs.id.clone());
    let stop = Step::StopContainer { key, container: id.clone(), timeout: std::time::Duration::ZERO };
    perform(stage.mine, &[stop]).await?;
    ensure!(matches!(container(stage.mine).await?.state, ContainerState::Exited(_)));
    let again = Step::StartContainer { order: Box::new(order), existing: Some(id.clone()) };
    perform(stage.mine, &[again]).await?;
    let runs = container(stage.mine).await?;
    ensure!(runs.state == ContainerState::Running && runs.id == id, "{runs:#?}");
    let all = seen(stage.mine, stage.image).await?;
    ensure!(all.images.contains(stage.image) && all.volumes.len() == 1 && all.networks.len() == 2, "{all:#?}");
    perform(stage.mine, &leading_down(&all)).await?;
    let left = stage.mine.observe(&[]).await?;
    ensure!(left == Seen::default(), "{left:#?}");
    Ok(())
}

/// Every step that was done already is success, and changes nothing.
pub async fn doing_a_step_twice_is_success(stage: &Stage<'_>) -> Result<()> {
    let target = target(stage.image, Vec::new())?;
    for step in leading_up(&target)? {
        perform(stage.mine, &[step.clone(), step]).await?;
    }
    let all = seen(stage.mine, stage.image).await?;
    ensure!(all.containers.len() == 1 && all.volumes.len() == 1 && all.networks.len() == 2, "{all:#?}");
    for step in leading_down(&all) {
        perform(stage.mine, &[step.clone(), step]).await?;
    }
    Ok(())
}

/// What another installation made is neither seen nor touched, and its names are refused.
pub async fn what_is_not_ours_is_neither_seen_nor_touched(stage: &Stage<'_>) -> Result<()> {
    let target = target(stage.image, Vec::new())?;
    perform(stage.other, &leading_up(&target)?).await?;
    let before = stage.other.observe(&[]).await?;
    ensure!(stage.mine.observe(&[]).await? == Seen::default());
    for step in leading_down(&before).into_iter().filter(|it| !matches!(it, Step::RemoveNetwork { .. })) {
        perform(stage.mine, &[step]).await?;
    }
    for step in leading_up(&target)?.iter().skip(1) {
        let cause = failing(stage.mine, step).await?;
        ensure!(cause == Cause::NameTaken, "{} gave {cause:?}", step.name());
    }
    ensure!(stage.other.observe(&[]).await? == before);
    perform(stage.other, &leading_down(&before)).await
}

/// An engine has one identity, however often it is asked: leases and places are named after it.
pub async fn an_engine_is_the_same_each_time_it_is_asked(stage: &Stage<'_>) -> Result<()> {
    let (first, again) = (stage.mine.identify().await?, stage.mine.identify().await?);
    ensure!(!first.id.is_empty() && first == again, "{first:?} {again:?}");
    Ok(())
}

/// A port that somebody has is told as such, and the container can be started once it is free.
pub async fn a_port_in_use_is_told(stage: &Stage<'_>) -> Result<()> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let ports = |app: &str| {
        let port = Node::List(vec![Node::text(format!("127.0.0.1:{port}:80"))]);
        let mut document = target(stage.image, vec![("ports", port)])?.write();
        if let Node::Map(root) = &mut document
            && let Some(Node::Map(apps)) = root.get_mut("apps")
            && let Some(it) = apps.remove("7001")
        {
            apps.insert(app.to_owned(), renumbered(it, app)?);
        }
        Ok::<_, anyhow::Error>(Target::read(&document)?)
    };
    let (first, second) = (ports("7001")?, ports("7002")?);
    perform(stage.mine, &leading_up(&first)?).await?;
    let steps = leading_up(&second)?;
    let (start, before) = steps.split_last().context("there are steps")?;
    perform(stage.mine, before).await?;
    ensure!(failing(stage.mine, start).await? == Cause::PortInUse);
    let holder = order(&first)?.key;
    let all = seen(stage.mine, stage.image).await?;
    let held = all.containers.iter().find(|it| it.key == holder).context("the first one is there")?;
    let stop = Step::StopContainer { key: holder, container: held.id.clone(), timeout: std::time::Duration::ZERO };
    perform(stage.mine, &[stop, start.clone()]).await?;
    let all = seen(stage.mine, stage.image).await?;
    let runs: Vec<Key> = all.containers.iter().filter(|it| it.is_up()).map(|it| it.key).collect();
    ensure!(runs == [order(&second)?.key], "{:#?}", all.containers);
    perform(stage.mine, &leading_down(&all)).await
}

fn renumbered(app: Node, number: &str) -> Result<Node> {
    let number = Node::Whole(number.parse()?);
    let Node::Map(mut app) = app else { bail!("an app is an object") };
    app.insert("appId".to_owned(), number.clone());
    if let Some(Node::List(services)) = app.get_mut("services") {
        for service in services {
            if let Node::Map(service) = service {
                service.insert("appId".to_owned(), number.clone());
            }
        }
    }
    Ok(Node::Map(app))
}
