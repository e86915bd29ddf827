//! Names that several modules provide, conflicts, and versions that nobody should choose any more.

use super::fixture::{Fixture, Module, module_names, names, render};
use crate::remove;
use las_types::{Code, Detail, Failure, Note};

const DATABASES: &[Module<'_>] = &[
    ("app 1.0.0", &["sql-protocol@>=8"], ""),
    ("old-app 1.0.0", &["sql-protocol@<8"], ""),
    ("any-app 1.0.0", &["sql-protocol"], ""),
    ("maria 10.0.0", &[], "interfaces: { provides: [sql-protocol@5.7] }\n"),
    ("maria 11.0.0", &[], "interfaces: { provides: [sql-protocol@8.0] }\n"),
    ("percona 8.0.0", &[], "interfaces: { provides: [sql-protocol@8.0] }\n"),
    ("unnumbered 1.0.0", &[], "interfaces: { provides: [sql-protocol] }\n"),
];

fn steps(fixture: &Fixture, requests: &[&str]) -> Vec<String> {
    render(&fixture.install(requests).unwrap())
}

/// Each detail as its key and what names it.
fn told(failure: &Failure) -> Vec<String> {
    let line = |detail: &Detail| {
        let arg = |name: &str| detail.args.get(name).map(String::as_str);
        let parts = ["name", "versions", "request", "what"].map(arg);
        format!("{}: {}", detail.key, parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
    };
    failure.details.iter().map(line).collect()
}

#[test]
fn a_need_is_met_by_whoever_provides_it() {
    let fixture = Fixture::new(DATABASES);
    // By name, and of that the newest that provides the version.
    assert_eq!(steps(&fixture, &["app"]), ["store-add maria 11.0.0", "store-add app 1.0.0"]);
    assert_eq!(steps(&fixture, &["old-app"]), ["store-add maria 10.0.0", "store-add old-app 1.0.0"]);
    // Who is asked for comes before who isn't, whatever it is called.
    let asked = ["store-add percona 8.0.0", "store-add app 1.0.0"];
    assert_eq!(steps(&fixture, &["app", "percona"]), asked);
    // Two versions of one thing at once: from two modules.
    assert_eq!(
        steps(&fixture, &["app", "old-app"]),
        [
            "store-add percona 8.0.0",
            "store-add app 1.0.0",
            "store-add maria 10.0.0",
            "store-add old-app 1.0.0"
        ]
    );
    let draft = fixture.install(&["app"]).unwrap();
    let note = Note::new("provides").with("name", "maria").with("version", "11.0.0");
    assert_eq!(draft.notes, [note.with("request", "sql-protocol@>=8")]);
}

#[test]
fn what_a_module_consumes_is_a_need_like_any_other() {
    let consumer: Module<'_> = ("page 1.0.0", &[], "interfaces: { consumes: [sql-protocol@>=8] }\n");
    let modules = [DATABASES, &[consumer]].concat();
    let fixture = Fixture::new(&modules);
    assert_eq!(steps(&fixture, &["page"]), ["store-add maria 11.0.0", "store-add page 1.0.0"]);
    let fixture = Fixture::new(&modules).installed(&["percona"]);
    assert_eq!(steps(&fixture, &["page"]), ["store-add page 1.0.0"]);
    let fixture = Fixture::new(&modules).installed(&["page"]);
    let failure = remove(&fixture.world(), &module_names(&["maria"])).unwrap_err();
    assert_eq!((failure.code, failure.args["user"].as_str()), (Code::ModuleInUse, "page"));
    let fixture = Fixture::new(&[consumer]);
    assert_eq!(fixture.install(&["page"]).unwrap_err().code, Code::ModuleConflict);
}

#[test]
fn who_is_installed_comes_before_who_is_not() {
    let fixture = Fixture::new(DATABASES).installed(&["percona"]);
    assert_eq!(steps(&fixture, &["app"]), ["store-add app 1.0.0"]);
    let fixture = Fixture::new(DATABASES).installed(&["unnumbered"]);
    assert_eq!(steps(&fixture, &["any-app"]), ["store-add any-app 1.0.0"]);
    // It provides no version, so it meets no need of one.
    assert_eq!(steps(&fixture, &["app"]), ["store-add maria 11.0.0", "store-add app 1.0.0"]);
}

#[test]
fn what_a_desired_state_comes_to_does_not_hang_on_who_provides_already() {
    let wish = |fixture: &Fixture, request: &str| {
        names(&crate::apply(&fixture.world(), &[request.parse().unwrap()], &[]).unwrap().outcome)
    };
    let fresh = wish(&Fixture::new(DATABASES), "app");
    assert_eq!(fresh, ["app 1.0.0", "maria 11.0.0"]);
    assert_eq!(wish(&Fixture::new(DATABASES).installed(&["percona"]), "app"), fresh);
    let aged = Fixture::new(AGED).installed(&["tool@3.0.0"]);
    assert_eq!(wish(&aged, "app"), wish(&Fixture::new(AGED), "app"));
}

#[test]
fn a_name_alone_can_be_asked_for() {
    let fixture = Fixture::new(DATABASES);
    assert_eq!(steps(&fixture, &["sql-protocol@<8"]), ["store-add maria 10.0.0"]);
    let failure = fixture.install(&["sql-protocol@>=9"]).unwrap_err();
    assert_eq!(failure.code, Code::ModuleConflict);
    assert_eq!(told(&failure), ["asked: sql-protocol@>=9", "not-offered: sql-protocol"]);
    assert_eq!(fixture.install(&["tls-protocol"]).unwrap_err().code, Code::ModuleNotFound);
}

#[test]
fn a_module_of_that_name_is_meant_by_who_asks_and_preferred_by_who_needs() {
    let modules: &[Module<'_>] = &[
        ("app 1.0.0", &["redis@>=7"], ""),
        ("redis 6.0.0", &[], ""),
        ("redis 7.0.0", &[], ""),
        ("valkey 8.0.0", &[], "interfaces: { provides: [redis@7.2] }\n"),
    ];
    assert_eq!(steps(&Fixture::new(modules), &["app"]), ["store-add redis 7.0.0", "store-add app 1.0.0"]);
    let fixture = Fixture::new(modules).installed(&["valkey"]);
    assert_eq!(steps(&fixture, &["app"]), ["store-add app 1.0.0"]);
    assert_eq!(steps(&fixture, &["redis"]), ["store-add redis 7.0.0"]);
    // Also where only another has the version; who asks is told what there is of the one.
    let newer: Module<'_> = ("keydb 1.0.0", &[], "interfaces: { provides: [redis@9.0.0] }\n");
    let failure = Fixture::new(&[modules, &[newer]].concat()).install(&["redis@>=9"]).unwrap_err();
    let asked = Detail::new("asked").with("request", "redis@>=9");
    let offered = Detail::new("offered").with("name", "redis").with("versions", "7.0.0, 6.0.0");
    assert_eq!((failure.code, failure.details), (Code::ModuleConflict, vec![asked, offered]));
}

#[test]
fn what_provides_stays_as_long_as_it_is_needed() {
    let fixture = Fixture::new(DATABASES).installed(&["app"]);
    let failure = remove(&fixture.world(), &module_names(&["maria"])).unwrap_err();
    assert_eq!((failure.code, failure.args["user"].as_str()), (Code::ModuleInUse, "app"));
    // Where another version comes that no longer provides it, somebody else has to.
    let draft = fixture.install(&["maria@10.0.0"]).unwrap();
    assert_eq!(names(&draft.outcome), ["app 1.0.0", "maria 10.0.0", "percona 8.0.0"]);
    let fixture = fixture.installed(&["percona"]);
    assert_eq!(
        render(&remove(&fixture.world(), &module_names(&["maria"])).unwrap()),
        ["store-remove maria 11.0.0"]
    );
    assert_eq!(
        render(&remove(&fixture.world(), &module_names(&["maria", "percona", "app"])).unwrap()),
        ["store-remove app 1.0.0", "store-remove percona 8.0.0", "store-remove maria 11.0.0"]
    );
}

#[test]
fn a_circle_through_a_provided_name_is_shown() {
    let modules: &[Module<'_>] =
        &[("app 1.0.0", &["api"], ""), ("server 1.0.0", &["app"], "interfaces: { provides: [api] }\n")];
    let failure = Fixture::new(modules).install(&["app"]).unwrap_err();
    assert_eq!(failure.code, Code::ModuleCycle);
    assert_eq!(failure.args["path"], "app 1.0.0 → server 1.0.0 → app 1.0.0");
    assert_eq!(told(&failure), ["needs: app 1.0.0 api", "needs: server 1.0.0 app"]);
}

const RIVALS: &[Module<'_>] = &[
    ("left 1.0.0", &[], "conflicts: [right@<2]\n"),
    ("right 1.0.0", &[], ""),
    ("right 2.0.0", &["extra"], ""),
    ("extra 1.0.0", &[], ""),
    ("needs-old 1.0.0", &["right@<2"], ""),
    ("lonely 1.0.0", &[], "interfaces: { provides: [proxy] }\nconflicts: [proxy]\n"),
    ("gregarious 1.0.0", &[], "interfaces: { provides: [proxy] }\n"),
];

#[test]
fn what_conflicts_is_not_chosen_together() {
    let fixture = Fixture::new(RIVALS);
    assert_eq!(
        steps(&fixture, &["left", "right"]),
        ["store-add extra 1.0.0", "store-add left 1.0.0", "store-add right 2.0.0"]
    );
    let failure = fixture.install(&["left", "needs-old"]).unwrap_err();
    assert_eq!(failure.code, Code::ModuleConflict);
    assert_eq!(
        told(&failure),
        [
            "asked: left",
            "asked: needs-old",
            "needs: needs-old 1.0.0 right@<2",
            "offered: right 1.0.0",
            "offered: right 2.0.0, 1.0.0",
            "opposes: left 1.0.0 right@<2",
        ]
    );
    // A conflict with a name that one provides oneself means the others.
    assert_eq!(steps(&fixture, &["lonely"]), ["store-add lonely 1.0.0"]);
    let failure = fixture.install(&["lonely", "gregarious"]).unwrap_err();
    assert_eq!(
        told(&failure),
        [
            "asked: gregarious",
            "asked: lonely",
            "provides: gregarious 1.0.0 proxy",
            "opposes: lonely 1.0.0 proxy"
        ]
    );
}

#[test]
fn who_could_meet_a_need_and_may_not_is_told() {
    let lonely: Module<'_> = ("lonely 1.0.0", &[], "conflicts: [maria, percona]\n");
    let failure = Fixture::new(&[DATABASES, &[lonely]].concat()).install(&["app", "lonely"]).unwrap_err();
    assert_eq!(failure.code, Code::ModuleConflict);
    assert_eq!(
        told(&failure),
        [
            "asked: app",
            "asked: lonely",
            "needs: app 1.0.0 sql-protocol@>=8",
            "offered: maria 11.0.0",
            "offered: percona 8.0.0",
            "provides: maria 11.0.0 sql-protocol@8.0",
            "provides: percona 8.0.0 sql-protocol@8.0",
            "opposes: lonely 1.0.0 maria",
            "opposes: lonely 1.0.0 percona",
        ]
    );
}

#[test]
fn what_is_installed_is_not_joined_by_what_conflicts_with_it() {
    for (installed, wanted) in [("needs-old", "left"), ("left", "right@1.0.0"), ("right@1.0.0", "left")] {
        let fixture = Fixture::new(RIVALS).installed(&[installed]);
        let failure = fixture.install(&[wanted]).unwrap_err();
        assert_eq!(failure.code, Code::ModuleConflict, "{wanted} beside {installed}");
    }
    let fixture = Fixture::new(RIVALS).installed(&["gregarious"]);
    assert_eq!(fixture.install(&["lonely"]).unwrap_err().code, Code::ModuleConflict);
    assert_eq!(names(&fixture.install(&["left"]).unwrap().outcome), ["gregarious 1.0.0", "left 1.0.0"]);
}

const AGED: &[Module<'_>] = &[
    ("app 1.0.0", &["tool"], ""),
    ("strict 1.0.0", &["tool@>=3"], ""),
    ("tool 1.0.0", &[], ""),
    ("tool 2.0.0", &[], "minimum_useful_version: 1.5.0\n"),
    ("tool 3.0.0", &[], "deprecation: { since: 2026-11-01, reason: leaks, superseded_by: tool@>=3.1 }\n"),
    ("gone 1.0.0", &[], "deprecation: { since: 2026-11-01, reason: unmaintained }\n"),
    ("wants-gone 1.0.0", &["gone"], ""),
];

#[test]
fn what_is_deprecated_or_too_old_comes_only_when_it_is_asked_for_by_name() {
    let fixture = Fixture::new(AGED);
    assert_eq!(steps(&fixture, &["app"]), ["store-add tool 2.0.0", "store-add app 1.0.0"]);
    // Also who asks by name gets another version, if that is as good for the request.
    assert_eq!(steps(&fixture, &["tool"]), ["store-add tool 2.0.0"]);
    let failure = fixture.install(&["strict"]).unwrap_err();
    assert_eq!(failure.code, Code::ModuleConflict);
    assert!(told(&failure).contains(&"refused-module-deprecated: tool 3.0.0".to_owned()), "{failure:?}");
    assert_eq!(fixture.install(&["wants-gone"]).unwrap_err().code, Code::ModuleConflict);
    for (request, notes) in [
        (
            "gone",
            vec![
                Note::new("deprecated")
                    .with("name", "gone")
                    .with("version", "1.0.0")
                    .with("since", "2026-11-01")
                    .with("reason", "unmaintained"),
            ],
        ),
        (
            "tool@3.0.0",
            vec![
                Note::new("superseded")
                    .with("name", "tool")
                    .with("version", "3.0.0")
                    .with("since", "2026-11-01")
                    .with("reason", "leaks")
                    .with("next", "tool@>=3.1"),
            ],
        ),
        (
            "tool@1.0.0",
            vec![Note::new("outdated").with("name", "tool").with("version", "1.0.0").with("least", "1.5.0")],
        ),
        ("tool@2.0.0", vec![]),
    ] {
        assert_eq!(fixture.install(&[request]).unwrap().notes, notes, "{request}");
    }
    assert_eq!(fixture.install(&["strict", "tool@3.0.0"]).unwrap().steps.len(), 2);
    // The least that is of use is of use, and what is older is refused who doesn't ask for it.
    let useful_from = |least: &str| {
        let newer = format!("minimum_useful_version: {least}\n");
        let modules: &[Module<'_>] =
            &[("app 1.0.0", &["a@<2"], ""), ("a 1.0.0", &[], ""), ("a 2.0.0", &[], &newer)];
        Fixture::new(modules).install(&["app"])
    };
    let draft = useful_from("1.0.0").unwrap();
    assert_eq!((names(&draft.outcome), draft.notes), (vec!["a 1.0.0".into(), "app 1.0.0".into()], vec![]));
    let failure = useful_from("1.0.1").unwrap_err();
    assert!(told(&failure).contains(&"refused-module-outdated: a 1.0.0".to_owned()), "{failure:?}");
    // What is installed already may stay.
    let fixture = Fixture::new(AGED).installed(&["gone"]);
    assert_eq!(steps(&fixture, &["wants-gone"]), ["store-add wants-gone 1.0.0"]);
}
