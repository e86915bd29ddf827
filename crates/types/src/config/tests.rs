use super::{CONFIG_KEYS, Config, Effect, Unfit, config_key, config_schema};
use std::collections::BTreeSet;
use std::path::Path;

fn read(key: &str, text: &str) -> Result<String, Unfit> {
    config_key(key).unwrap().read(text)
}

#[test]
fn every_default_is_a_value_and_written_as_it_is_read() {
    for key in CONFIG_KEYS {
        assert_eq!(key.read(key.default).unwrap(), key.default, "{}", key.name);
    }
    let config = Config::read(|name| config_key(name).unwrap().default.to_owned()).unwrap();
    assert_eq!((config.language.tag(), config.engine_idle_unload.limit()), (None, None));
    assert_eq!(config.server_address.to_string(), "127.0.0.1:11811");
    assert_eq!((config.log_level.as_str(), config.policy_set.as_str()), ("warn", "default"));
    assert_eq!((config.log_file_size.size().bytes(), config.hardware_profile.path()), (4 << 20, None));
}

#[test]
fn names_and_variables_are_unique() {
    let names: BTreeSet<_> = CONFIG_KEYS.iter().map(|key| key.name).collect();
    let variables: BTreeSet<_> = CONFIG_KEYS.iter().map(|key| key.environment).collect();
    assert_eq!((names.len(), variables.len()), (CONFIG_KEYS.len(), CONFIG_KEYS.len()));
    assert!(config_key("log").is_none() && config_key("").is_none());
    assert_eq!(config_key("engine.idle_unload").unwrap().text_key(), "config-engine-idle-unload");
}

#[test]
fn values_are_read_as_people_write_them_and_the_rest_is_named() {
    let cases: &[(&str, &str, Result<&str, Unfit>)] = &[
        ("server.expose", "true", Ok("true")),
        ("server.expose", "0", Ok("false")),
        ("server.expose", "yes", Err(Unfit::Form)),
        ("server.address", "[::1]:80", Ok("[::1]:80")),
        ("server.address", "localhost:80", Err(Unfit::Form)),
        ("server.address", "127.0.0.1:70000", Err(Unfit::Form)),
        ("language", "zh_CN.UTF-8", Ok("zh_CN.UTF-8")),
        ("language", "", Err(Unfit::Form)),
        ("language", "../etc", Err(Unfit::Form)),
        ("log.level", "WARN, las_runtime=debug", Ok("warn,las_runtime=debug")),
        ("log.level", "loud", Err(Unfit::Form)),
        ("log.level", "info,", Err(Unfit::Form)),
        ("log.level", "=info", Err(Unfit::Form)),
        ("log.format", "json", Ok("json")),
        ("log.format", "yaml", Err(Unfit::Form)),
        ("log.file_size", "64KiB", Ok("64KiB")),
        ("log.file_size", "65535B", Err(Unfit::Range)),
        ("log.file_size", "1GiB", Ok("1GiB")),
        ("log.file_size", "1.1GiB", Err(Unfit::Range)),
        ("log.file_size", "big", Err(Unfit::Form)),
        ("fetch.bandwidth", "0", Ok("0")),
        ("fetch.bandwidth", " 2.5MiB ", Ok("2.5MiB")),
        ("fetch.bandwidth", "1B", Err(Unfit::Range)),
        ("fetch.bandwidth", "fast", Err(Unfit::Form)),
        ("engine.idle_unload", "never", Ok("never")),
        ("engine.idle_unload", "90m", Ok("1h 30m")),
        ("engine.idle_unload", "1h 30m", Ok("1h 30m")),
        ("engine.idle_unload", "1s", Ok("1s")),
        ("engine.idle_unload", "0s", Err(Unfit::Range)),
        ("engine.idle_unload", "-5m", Err(Unfit::Range)),
        ("engine.idle_unload", "721h", Err(Unfit::Range)),
        ("engine.idle_unload", "soon", Err(Unfit::Form)),
        ("models.verify_every", "off", Ok("off")),
        ("models.verify_every", "0", Ok("off")),
        ("models.verify_every", "7 d", Ok("7d")),
        ("models.verify_every", "720h", Ok("30d")),
        ("models.verify_every", "90m", Ok("1h 30m")),
        ("models.verify_every", "1s", Ok("1s")),
        ("models.verify_every", "0d", Err(Unfit::Range)),
        ("models.verify_every", "3651d", Err(Unfit::Range)),
        ("models.verify_every", "-1d", Err(Unfit::Form)),
        ("models.verify_every", "often", Err(Unfit::Form)),
        ("models.verify_rate", "20MB", Ok("20MB")),
        ("policy.set", "default", Ok("default")),
        ("policy.set", "../x", Err(Unfit::Form)),
        ("policy.set", "-x", Err(Unfit::Form)),
        ("hardware.profile", "none", Ok("none")),
        ("hardware.profile", "/a b/c.json", Ok("/a b/c.json")),
        ("hardware.profile", " ", Err(Unfit::Form)),
    ];
    for (key, text, expected) in cases {
        assert_eq!(read(key, text).as_deref(), expected.as_ref().map(|text| *text), "{key} {text:?}");
        if let Ok(written) = read(key, text) {
            assert_eq!(
                read(key, &written).as_deref(),
                Ok(&*written),
                "{key}: what is written reads as the same"
            );
        }
    }
    assert_eq!((Unfit::Form.as_str(), Unfit::Range.as_str()), ("form", "range"));
}

#[test]
fn a_value_that_does_not_fit_is_named_by_its_key() {
    let read = |bad: &'static str| {
        Config::read(|name| {
            if name == bad { "\u{1}".to_owned() } else { config_key(name).unwrap().default.to_owned() }
        })
    };
    for key in CONFIG_KEYS {
        let (named, unfit) = read(key.name).unwrap_err();
        assert_eq!((named, unfit.as_str()), (key.name, Unfit::Form.as_str()));
    }
}

/// Run with `LAS_UPDATE_SCHEMA=1` after a change to the keys to write the file anew.
#[test]
fn the_published_schema_is_the_current_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../registry/schema/config.schema.json");
    let schema = config_schema();
    let current = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if std::env::var_os("LAS_UPDATE_SCHEMA").is_some() {
        #[expect(clippy::disallowed_methods, reason = "regenerates a file of the source tree")]
        std::fs::write(&path, &current).unwrap();
    }
    assert!(std::fs::read_to_string(&path).unwrap() == current, "run this test with LAS_UPDATE_SCHEMA=1");
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["properties"]["log"]["additionalProperties"], false);
    assert_eq!(schema["properties"]["server"]["properties"]["expose"]["default"], false);
    for key in CONFIG_KEYS {
        let place = format!("/properties/{}", key.name.replace('.', "/properties/"));
        let effect = schema.pointer(&place).unwrap()["x-takes-effect"].clone();
        assert_eq!(effect, serde_json::json!(key.effect), "{}", key.name);
    }
    assert!(CONFIG_KEYS.iter().filter(|key| key.effect == Effect::AtOnce).count() >= 3);
}
