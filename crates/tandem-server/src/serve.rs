//! Listening, and stopping in good order.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::app::App;
use crate::http::forward::alone;
use crate::http::routes::router;

/// Ports tried after the wanted one.
const TRIES: u16 = 50;

/// Opens the listening socket; with `next_free` a busy port leads to the next one.
///
/// # Errors
/// When the address is no address, or no port is free.
pub async fn listen(address: &str, next_free: bool) -> io::Result<TcpListener> {
    let wanted: SocketAddr = address
        .parse()
        .map_err(|e| io::Error::new(io::ErrorKind::InvalidInput, format!("`{address}`: {e}")))?;
    let mut candidate = wanted;
    loop {
        match TcpListener::bind(candidate).await {
            Err(error)
                if error.kind() == io::ErrorKind::AddrInUse
                    && next_free
                    && candidate.port() < wanted.port().saturating_add(TRIES) =>
            {
                candidate.set_port(candidate.port() + 1);
            }
            outcome => return outcome,
        }
    }
}

/// Opens the sockets where only forwarders are let in.
///
/// # Errors
/// When an address is in use, or none.
pub async fn listen_for_forwarders(app: &App) -> io::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in &app.config.forwarders {
        listeners.push(listen(address, false).await.map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("`forwarders`: cannot listen on {address}: {error}"),
            )
        })?);
    }
    Ok(listeners)
}

/// Serves until the process is told to stop (SIGINT or SIGTERM); requests under way are finished.
///
/// # Errors
/// When a socket fails.
pub async fn serve(app: Arc<App>, listener: TcpListener, forwarders: Vec<TcpListener>) -> io::Result<()> {
    let mut others = JoinSet::new();
    for listener in forwarders {
        let service = alone(Arc::clone(&app)).into_make_service_with_connect_info::<SocketAddr>();
        others.spawn(async move {
            axum::serve(listener, service)
                .with_graceful_shutdown(stopped())
                .await
        });
    }
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(stopped())
        .await?;
    while let Some(ended) = others.join_next().await {
        ended.map_err(io::Error::other)??;
    }
    Ok(())
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
