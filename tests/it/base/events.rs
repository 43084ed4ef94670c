//! Streams of events: how many there may be, and what ends them.

use actix_web::HttpResponse;
use api::base::events::{Moment, Streams};
use api::base::id::TrustId;
use api::base::problem::{Kind, Problem};

/// A stream that is open, or has told everything.
async fn open(streams: &Streams, trust: i32, ended: bool) -> Result<HttpResponse, Problem> {
    let news = move || async move { Ok(Moment { told: "news", ended }) };
    streams.follow(TrustId::new(trust), news).await
}

#[actix_web::test]
async fn there_are_only_so_many_streams_and_one_that_is_left_makes_room() {
    let streams = Streams::at_once((2, 1));
    let larkrise = open(&streams, 1, false).await.unwrap();
    let refused = open(&streams, 1, false).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Unavailable, "a trust has its share");
    let _fernhill = open(&streams, 2, false).await.unwrap();
    let refused = open(&streams, 3, false).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Unavailable, "all together have no more than there is");
    drop(larkrise);
    let mut again = open(&streams, 1, false).await;
    while again.is_err() {
        actix_web::rt::task::yield_now().await;
        again = open(&streams, 1, false).await;
    }
}

#[actix_web::test]
async fn what_has_ended_is_told_once() {
    let answer = open(&Streams::at_once((1, 1)), 1, true).await.unwrap();
    let told = actix_web::body::to_bytes(answer.into_body()).await.unwrap();
    assert_eq!(told, "event: end\ndata: \"news\"\n\n");
}

#[actix_web::test]
async fn what_the_first_look_refuses_is_an_answer_and_no_stream() {
    let refuse = || async { Err::<Moment<()>, _>(Problem::not_found()) };
    let refused = Streams::at_once((1, 1)).follow(TrustId::new(1), refuse).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotFound);
}
