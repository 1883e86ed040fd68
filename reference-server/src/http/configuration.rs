//! How the server is set up, for programs: a report of a measurement has to say what was measured.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::configuration::Setting;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(configuration))
}

/// How the server is set up.
#[derive(Serialize, ToSchema)]
struct ConfigurationBody {
    /// The database.
    #[schema(example = "sqlite 3.51.3")]
    database: String,
    /// Each switch.
    switches: Vec<SwitchBody>,
}

/// One switch.
#[derive(Serialize, ToSchema)]
struct SwitchBody {
    #[schema(example = "durability")]
    name: String,
    #[schema(example = "full")]
    value: String,
    /// What it is unless set.
    #[schema(example = "full")]
    default: String,
    /// What it does.
    #[schema(example = "What an acknowledged write survives")]
    about: String,
}

/// How the server is set up
#[utoipa::path(
    get,
    path = "/api/v1/configuration",
    tag = "operation",
    responses((status = 200, description = "Each switch with its value and its default", body = ConfigurationBody)),
)]
async fn configuration(State(state): State<App>) -> Json<ConfigurationBody> {
    let switches = state.configuration.settings().iter().cloned();
    Json(ConfigurationBody {
        database: state.store.engine().to_owned(),
        switches: switches
            .map(|Setting { name, value, default, about }| SwitchBody { name, value, default, about })
            .collect(),
    })
}
