//! A Microsoft Teams workflow's webhook ("When a Teams webhook request is received"). Its address is its secret.

use reqwest::Method;

use super::{Context, Receipt, unfit};
use crate::gate::Screened;
use crate::job::Job;
use crate::net::{Base, Body, Call, Http, SendError};
use crate::render;

const FAR: &str = "teams";

/// One workflow.
#[derive(Debug)]
pub struct TeamsHook {
    http: Http,
    address: Base,
}

impl TeamsHook {
    /// `address` is what Teams shows when the workflow is made.
    pub const fn new(http: Http, address: Base) -> Self {
        Self { http, address }
    }

    pub(crate) async fn deliver(&self, job: &Job, context: &Context<'_>) -> Result<Receipt, SendError> {
        let (Job::Post { notice } | Job::Amend { notice }) = job else {
            return Err(unfit(FAR, job));
        };
        let body = Screened::new(render::teams::webhook(&notice.checked()?), context.gate)?;
        let call = Call {
            method: Method::POST,
            base: &self.address,
            path: &[],
            query: &[],
            bearer: None,
            headers: &[],
            body: Body::Json(body.get()),
        };
        let answer = self.http.send(FAR, &call).await?;
        answer.success(|body| body.pointer("/error/code")?.as_str().map(str::to_owned))?;
        Ok(Receipt::default())
    }
}
