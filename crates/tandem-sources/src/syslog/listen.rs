//! Accepting connections: a task each, as many as are allowed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};

use super::peer::{Peer, nanoseconds};
use super::tls::{Door, Doorkeeper};
use super::{SyslogSettings, Transport, relp, session};
use crate::delivery::NotTaken;
use crate::run::{Context, SourceError};

/// When TCP begins to ask whether a silent sender is still there. A machine that lost its power does not say goodbye.
const KEEPALIVE: Duration = Duration::from_secs(5 * 60);
/// How long accepting pauses when the system has no more descriptors.
const PAUSE: Duration = Duration::from_millis(500);

/// What all connections of a source share.
#[derive(Debug)]
pub(super) struct Shared {
    /// What the source was given.
    pub context: Arc<Context>,
    /// How it is set.
    pub settings: SyslogSettings,
}

impl Shared {
    /// Time without a byte after which a connection is closed.
    pub(super) fn idle(&self) -> Option<Duration> {
        let minutes = self.settings.idle_minutes;
        (minutes > 0).then(|| Duration::from_secs(minutes.saturating_mul(60)))
    }
}

/// Listens until it is stopped; what connections have received is handed on before it returns.
pub(super) async fn run(context: Arc<Context>, settings: SyslogSettings) -> Result<(), SourceError> {
    let mut keeper = settings.tls.as_ref().map(Doorkeeper::new).transpose()?;
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| super::cannot_listen(settings.listen, "tcp", error))?;
    let room = Arc::new(Semaphore::new(settings.max_connections));
    let shared = Arc::new(Shared { context, settings });
    let stop = shared.context.stop.clone();
    let mut connections = JoinSet::new();
    shared.context.health.running();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            (permit, stream, from) = accept(&listener, &room, &shared) => {
                let door = keeper.as_mut().map(|keeper| door(keeper, &shared));
                connections.spawn(serve(Arc::clone(&shared), stream, from, door, permit));
            }
            Some(ended) = connections.join_next() => see(&shared, ended)?,
        }
    }
    drop(listener);
    while let Some(ended) = connections.join_next().await {
        see(&shared, ended)?;
    }
    Ok(())
}

fn door(keeper: &mut Doorkeeper, shared: &Shared) -> Door {
    let (door, trouble) = keeper.door();
    if let Some(trouble) = trouble {
        shared
            .context
            .health
            .trouble(format!("{trouble}; the certificate from before serves on"));
    }
    door
}

/// The next connection, once there is room for it. Until then senders wait with the kernel, and lose nothing.
async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
    shared: &Shared,
) -> (OwnedSemaphorePermit, TcpStream, SocketAddr) {
    let health = &shared.context.health;
    loop {
        if room.available_permits() == 0 {
            health.trouble(format!(
                "all {} connections are in use; further senders wait until one ends: raise `max_connections`",
                shared.settings.max_connections
            ));
        }
        let permit = match Arc::clone(room).acquire_owned().await {
            Ok(permit) => permit,
            // Nobody closes it.
            Err(_) => std::future::pending().await,
        };
        match listener.accept().await {
            Ok((stream, from)) => return (permit, stream, from),
            Err(error) => {
                health.trouble(format!("a connection could not be accepted: {error}"));
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// How a connection's task ended.
fn see(shared: &Shared, ended: Result<Result<(), NotTaken>, JoinError>) -> Result<(), SourceError> {
    match ended {
        Ok(outcome) => Ok(outcome?),
        Err(error) => {
            shared
                .context
                .health
                .trouble(format!("a connection's task ended early: {error}"));
            Ok(())
        }
    }
}

/// Counts a connection as open while it lives.
struct Open<'c>(&'c Context);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.health.closed();
    }
}

async fn serve(
    shared: Arc<Shared>,
    stream: TcpStream,
    from: SocketAddr,
    door: Option<Door>,
    _permit: OwnedSemaphorePermit,
) -> Result<(), NotTaken> {
    let context = &shared.context;
    context.health.opened();
    let _open = Open(context);
    let keepalive = socket2::TcpKeepalive::new().with_time(KEEPALIVE);
    // Neither is needed to receive; a system that cannot do it still works.
    let _ = socket2::SockRef::from(&stream).set_tcp_keepalive(&keepalive);
    let _ = stream.set_nodelay(true);
    let entered = match door {
        None => return talk(&shared, stream, from).await,
        Some(door) => tokio::select! {
            () = context.stop.cancelled() => return Ok(()),
            entered = door.enter(stream) => entered,
        },
    };
    match entered {
        Ok(stream) => talk(&shared, stream, from).await,
        Err(why) => {
            context.health.trouble(format!("{from} was turned away: {why}"));
            Ok(())
        }
    }
}

async fn talk<S>(shared: &Shared, stream: S, from: SocketAddr) -> Result<(), NotTaken>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let peer = Peer::connected(&shared.context, from, nanoseconds());
    let outcome = match shared.settings.transport {
        Transport::Relp => relp::session(shared, stream, peer).await?,
        Transport::Udp | Transport::Tcp | Transport::Tls => session::receive(shared, stream, peer).await?,
    };
    if let Err(why) = outcome {
        shared.context.health.trouble(format!("{from}: {why}"));
    }
    Ok(())
}
