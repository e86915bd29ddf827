//! Models with an adapter: `base:adapter`.

use las_types::{Code, Failure, ModuleName};
use serde::Serialize;

/// The scale of one adapter for one request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct AdapterScale {
    /// The engine's id of the adapter.
    id: usize,
    /// 1 for on, 0 for off.
    scale: f32,
}

/// Splits `base:adapter`.
pub(crate) fn split(model: &str) -> (&str, Option<&str>) {
    match model.split_once(':') {
        Some((base, adapter)) => (base, Some(adapter)),
        None => (model, None),
    }
}

/// The scales that switch on the adapter asked for and every other one off. They are always stated: the
/// engine applies a loaded adapter unless it is told not to.
pub(crate) fn scales(loaded: &[ModuleName], wanted: Option<&str>) -> Result<Vec<AdapterScale>, Failure> {
    if let Some(name) = wanted
        && !loaded.iter().any(|adapter| adapter.as_str() == name)
    {
        return Err(Failure::new(Code::ModelNotFound).with("name", name));
    }
    let scale = |adapter: &ModuleName| if Some(adapter.as_str()) == wanted { 1.0 } else { 0.0 };
    Ok(loaded.iter().enumerate().map(|(id, adapter)| AdapterScale { id, scale: scale(adapter) }).collect())
}

#[cfg(test)]
mod tests {
    use super::{AdapterScale, scales, split};

    #[test]
    fn one_adapter_is_on_and_the_others_are_off() {
        let loaded = ["pirate".parse().unwrap(), "poet".parse().unwrap()];
        let on =
            |first, second| vec![AdapterScale { id: 0, scale: first }, AdapterScale { id: 1, scale: second }];
        assert_eq!(scales(&loaded, None).unwrap(), on(0.0, 0.0));
        assert_eq!(scales(&loaded, Some("poet")).unwrap(), on(0.0, 1.0));
        assert!(scales(&loaded, Some("other")).is_err());
        assert_eq!(split("base:poet"), ("base", Some("poet")));
        assert_eq!(split("base"), ("base", None));
    }
}
