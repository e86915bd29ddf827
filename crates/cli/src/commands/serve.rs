//! The headless core.

use crate::output::{Form, Output};
use crate::stop::Stop;
use las_i18n::Words;
use las_server::ServeOptions;

pub(crate) async fn serve(words: &Words, output: Output, flags: Vec<(String, String)>) -> Result<(), Stop> {
    let options = ServeOptions { home: None, flags };
    let serving = las_server::serve(options).await?;
    let socket = serving.socket.display().to_string();
    let base = serving.address.map(|address| format!("http://{address}/v1"));
    if output.form == Form::Json {
        output.json_line(&serde_json::json!({ "base_url": base, "socket": socket, "page": serving.page }))?;
    } else {
        let lines = [
            ("cli-serve-endpoint", base.as_deref()),
            ("cli-serve-page", serving.page.as_deref()),
            ("cli-serve-socket", Some(&*socket)),
        ];
        for (key, value) in lines {
            if let Some(value) = value {
                output.line(&words.text(key, &[("value", value)]))?;
            }
        }
        output.note(&words.text("cli-serve-until-interrupted", &[]));
    }
    serving.until_stopped().await;
    output.note(&words.text("cli-serve-stopped", &[]));
    Ok(())
}
