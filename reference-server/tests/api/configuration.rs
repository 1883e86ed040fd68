//! How the server is set up is the same in the interface, in the metrics and on the page.

use reference_server::app::AppState;
use reference_server::configuration::{Configuration, Setting};

use crate::forum::Forum;

#[tokio::test]
async fn what_is_switched_is_shown_in_three_places() {
    let setting = |name: &str, value: &str, default: &str| Setting {
        name: name.to_owned(),
        value: value.to_owned(),
        default: default.to_owned(),
        about: format!("about {name} & <more>"),
    };
    let settings = vec![setting("durability", "normal", "full"), setting("limits", "on", "on")];
    let configuration = Configuration::new(settings);
    let forum = Forum::new().await.with(|state| AppState { configuration, ..state });
    let shown = forum.get("/api/v1/configuration").await.json();
    assert!(shown["database"].as_str().is_some_and(|name| name.starts_with("sqlite 3.")), "{shown}");
    assert_eq!(shown["switches"][0]["value"], "normal");
    assert_eq!(shown["switches"][1]["default"], "on");
    let metrics = forum.get("/metrics").await.text;
    assert!(metrics.contains("forum_setting_info{switch=\"durability\",value=\"normal\"} 1\n"), "{metrics}");
    let page = forum.page("/configuration", "").await.text;
    assert!(page.contains("<strong>normal</strong>") && !page.contains("<strong>on</strong>"), "{page}");
    assert!(page.contains("about limits &#38; &#60;more&#62;"), "{page}");
}
