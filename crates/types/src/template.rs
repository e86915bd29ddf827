//! A text of a manifest with holes that are filled when its service starts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// A text with holes: `${data}`, `${run}`, `${module}`, `${port.NAME}`, `${service.NAME.port.PORT}`, and, where something is
/// prepared, `${new}`. `$${` stands for `${` itself; any other `$` is only a sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Hole(Hole),
}

/// What is not known before a service starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hole {
    /// The folder of the service's own data, absolute. It stays.
    Data,
    /// A folder for what lasts as long as one run, absolute; its files are written there.
    Run,
    /// The folder of its module, absolute. Nothing can be written there.
    Module,
    /// The folder that is to be made, absolute; only where something is prepared.
    New,
    /// The number of a port.
    Port(crate::PortName),
    /// The number of a port of a service that it connects to.
    Peer(crate::ModuleName, crate::PortName),
}

/// Why a text is no template.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A hole has no end.
    #[error("'${{' without its '}}'; write '$${{' for the signs themselves")]
    Open,
    /// Nothing fills it.
    #[error(
        "nothing fills '${{{0}}}': there are ${{data}}, ${{run}}, ${{module}}, ${{port.NAME}} and ${{service.NAME.port.PORT}}"
    )]
    Unknown(String),
    /// A sign that ends a text for the operating system.
    #[error("a text can't hold the sign with the number 0")]
    Nul,
}

impl Template {
    /// The holes, in their order.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.0.iter().filter_map(|part| match part {
            Part::Hole(hole) => Some(hole),
            Part::Text(_) => None,
        })
    }

    /// The text with every hole filled; none if one can't be.
    pub fn filled(&self, with: impl Fn(&Hole) -> Option<String>) -> Option<String> {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => Some(Cow::Borrowed(text.as_str())),
            Part::Hole(hole) => with(hole).map(Cow::Owned),
        });
        parts.collect()
    }
}

impl FromStr for Hole {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        match text {
            "data" => Ok(Self::Data),
            "run" => Ok(Self::Run),
            "module" => Ok(Self::Module),
            "new" => Ok(Self::New),
            _ => {
                let own = || Some(Self::Port(text.strip_prefix("port.")?.parse().ok()?));
                let others = || {
                    // A module's name may hold dots, a port's none.
                    let (service, port) = text.strip_prefix("service.")?.rsplit_once(".port.")?;
                    Some(Self::Peer(service.parse().ok()?, port.parse().ok()?))
                };
                own().or_else(others).ok_or_else(|| TemplateError::Unknown(text.to_owned()))
            }
        }
    }
}

impl fmt::Display for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data => f.write_str("data"),
            Self::Run => f.write_str("run"),
            Self::Module => f.write_str("module"),
            Self::New => f.write_str("new"),
            Self::Port(name) => write!(f, "port.{name}"),
            Self::Peer(service, port) => write!(f, "service.{service}.port.{port}"),
        }
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        if text.contains('\0') {
            return Err(TemplateError::Nul);
        }
        let (mut parts, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some((before, behind)) = rest.split_once("${") {
            if let Some(before) = before.strip_suffix('$') {
                plain += before;
                plain += "${";
                rest = behind;
                continue;
            }
            plain += before;
            let (hole, behind) = behind.split_once('}').ok_or(TemplateError::Open)?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Hole(hole.parse()?));
            rest = behind;
        }
        plain += rest;
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(&text.replace("${", "$${")),
            Part::Hole(hole) => write!(f, "${{{hole}}}"),
        })
    }
}

impl TryFrom<String> for Template {
    type Error = TemplateError;

    fn try_from(text: String) -> Result<Self, TemplateError> {
        text.parse()
    }
}

impl From<Template> for String {
    fn from(template: Template) -> Self {
        template.to_string()
    }
}

impl JsonSchema for Template {
    fn schema_name() -> Cow<'static, str> {
        "Template".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::{Hole, Template, TemplateError};

    fn filled(text: &str) -> Option<String> {
        let template: Template = text.parse().unwrap();
        assert_eq!(template.to_string().parse::<Template>().unwrap(), template, "{text}");
        template.filled(|hole| match hole {
            Hole::Port(name) if name.as_str() != "main" => None,
            Hole::Port(_) => Some("6379".to_owned()),
            Hole::Peer(service, port) => Some(format!("{port} of {service}")),
            other => Some(format!("/{other}")),
        })
    }

    #[test]
    fn holes_are_filled_and_everything_else_stays_as_it_is() {
        for (text, expected) in [
            ("", ""),
            ("--port", "--port"),
            ("${data}", "/data"),
            ("${run}/a${module}b${port.main}", "/run/a/moduleb6379"),
            ("$host $1 $$ $", "$host $1 $$ $"),
            ("$${data}", "${data}"),
            ("$$${data}", "$${data}"),
            ("a$${b${data}}", "a${b/data}"),
            ("}{", "}{"),
            ("${service.redis.port.main}", "main of redis"),
            ("x${service.llama.cpp.port.web}y", "xweb of llama.cppy"),
            ("${service.a.port.port.b}", "b of a.port"),
        ] {
            assert_eq!(filled(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(filled("${port.other}"), None);
    }

    #[test]
    fn a_hole_that_nothing_fills_is_no_template() {
        let error = |text: &str| text.parse::<Template>().unwrap_err();
        for text in ["${", "${data", "a ${port.main"] {
            assert_eq!(error(text), TemplateError::Open, "{text}");
        }
        for name in [
            "",
            "DATA",
            " data",
            "port.",
            "port.A",
            "home",
            "$(id)",
            "data:-x",
            "service.",
            "service.redis",
            "service.redis.main",
            "service.redis.port.",
            "service..port.main",
            "service.redis.port.A",
        ] {
            assert_eq!(error(&format!("${{{name}}}")), TemplateError::Unknown(name.to_owned()));
        }
        assert_eq!(error("a\0"), TemplateError::Nul);
    }
}
