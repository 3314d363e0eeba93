use super::*;

fn of(bytes: usize) -> Delivery {
    Delivery {
        body: vec![b'x'; bytes],
        ..Delivery::new(&"test".into(), "peer")
    }
}

#[tokio::test]
async fn a_full_inlet_makes_senders_wait_and_loses_nothing() {
    let (inlet, mut parcels) = inlet(4 << 10);
    inlet.send(of(3 << 10)).await.unwrap();
    let waiting = tokio::spawn({
        let inlet = inlet.clone();
        async move { inlet.send(of(2 << 10)).await }
    });
    tokio::task::yield_now().await;
    let first = parcels.recv().await.unwrap();
    assert!(
        !waiting.is_finished(),
        "there is room for 1 KiB only until the first is dropped"
    );
    assert!(parcels.try_recv().is_err());
    drop(first);
    assert_eq!(parcels.recv().await.unwrap().delivery.body.len(), 2 << 10);
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_delivery_larger_than_the_room_goes_through_alone() {
    let (inlet, mut parcels) = inlet(4 << 10);
    inlet.send(of(64 << 10)).await.unwrap();
    assert_eq!(parcels.recv().await.unwrap().delivery.body.len(), 64 << 10);
    inlet.send(of(1)).await.unwrap();
}

#[tokio::test]
async fn an_answer_comes_when_it_is_durable_and_a_dropped_parcel_says_that_it_is_not() {
    let (inlet, mut parcels) = inlet(1 << 20);
    let learn = inlet.send_and_learn(of(1)).await.unwrap();
    let taken = Taken {
        records: 1,
        events: 1,
        ..Taken::default()
    };
    parcels.recv().await.unwrap().answer(taken);
    assert_eq!(learn.await.unwrap(), taken);
    let lost = inlet.send_and_learn(of(1)).await.unwrap();
    drop(parcels.recv().await);
    assert!(lost.await.is_err());
    drop(parcels);
    assert_eq!(inlet.send(of(1)).await, Err(NotTaken::Stopping));
}
