use std::sync::{Arc, Mutex};

use super::*;

fn noting(most: usize) -> (Flight<u32>, Arc<Mutex<Vec<u32>>>) {
    let noted = Arc::new(Mutex::new(Vec::new()));
    let flight = Flight::new(most, {
        let noted = Arc::clone(&noted);
        move |carried| {
            noted.lock().unwrap().push(carried);
            std::future::ready(())
        }
    });
    (flight, noted)
}

#[tokio::test]
async fn what_is_carried_is_used_in_order_and_only_once_durable() {
    let (flight, noted) = noting(8);
    let (first, learn_first) = oneshot::channel();
    let (second, learn_second) = oneshot::channel();
    flight.add(Some(learn_first), 1).await.unwrap();
    flight.add(Some(learn_second), 2).await.unwrap();
    flight.add(None, 3).await.unwrap();
    second.send(Taken::default()).unwrap();
    tokio::task::yield_now().await;
    assert!(noted.lock().unwrap().is_empty(), "the first is not durable yet");
    first.send(Taken::default()).unwrap();
    flight.land().await.unwrap();
    assert_eq!(*noted.lock().unwrap(), [1, 2, 3]);
}

#[tokio::test]
async fn nothing_behind_a_delivery_that_was_not_taken_is_used() {
    let (flight, noted) = noting(8);
    let (first, learn_first) = oneshot::channel::<Taken>();
    let (second, learn_second) = oneshot::channel();
    flight.add(Some(learn_first), 1).await.unwrap();
    flight.add(Some(learn_second), 2).await.unwrap();
    second.send(Taken::default()).unwrap();
    drop(first);
    assert_eq!(flight.land().await, Err(NotTaken::Failed));
    assert!(noted.lock().unwrap().is_empty());
}
