//! What a plan's digest covers.

use super::{ExecutionPlan, PlanStep, PlanTotals, StepAction};
use crate::{
    ByteSize, GenerationNumber, Intent, Note, OperationId, OverrideId, PlanId, PlannedOverride, Timestamp,
};

fn plan() -> ExecutionPlan {
    ExecutionPlan {
        id: PlanId::new(Timestamp::UNIX_EPOCH, [1; 10]),
        made_at: Timestamp::UNIX_EPOCH,
        intent: Intent::ModuleInstall { modules: vec![], mode: None },
        base: GenerationNumber(1),
        steps: vec![],
        totals: PlanTotals::default(),
        hosts: vec![],
        ports: vec![],
        licenses: vec![],
        needs_administrator: false,
        outcome: vec![],
        notes: vec![],
        resumes: None,
        overrides: vec![],
    }
}

#[test]
fn the_digest_of_a_plan_covers_everything_but_id_and_time() {
    type Change = fn(&mut ExecutionPlan);
    let covered: [(&str, Change); 11] = [
        ("intent", |plan| plan.intent = Intent::ModuleUpgrade { modules: vec![] }),
        ("base", |plan| plan.base = GenerationNumber(2)),
        ("steps", |plan| {
            let action = StepAction::StrayRemove { path: "x".to_owned() };
            plan.steps = vec![PlanStep::next(0, action, ByteSize::new(1), "none")];
        }),
        ("totals", |plan| plan.totals.disk = ByteSize::new(1)),
        ("hosts", |plan| plan.hosts = vec!["example.org".to_owned()]),
        ("ports", |plan| plan.ports = vec![1]),
        ("licenses", |plan| plan.licenses = vec!["saw: MIT".to_owned()]),
        ("needs_administrator", |plan| plan.needs_administrator = true),
        ("notes", |plan| plan.notes = vec![Note::new("module-pin")]),
        ("resumes", |plan| plan.resumes = Some(OperationId::new(Timestamp::UNIX_EPOCH, [1; 10]))),
        ("overrides", |plan| {
            plan.overrides =
                vec![PlannedOverride::Revert { id: OverrideId::new(Timestamp::UNIX_EPOCH, [1; 10]) }];
        }),
    ];
    let mut seen = vec![plan().content_digest()];
    for (field, change) in covered {
        let mut other = plan();
        change(&mut other);
        assert!(!seen.contains(&other.content_digest()), "{field}");
        seen.push(other.content_digest());
    }
    let mut same = plan();
    same.id = PlanId::new(Timestamp::UNIX_EPOCH, [2; 10]);
    same.made_at = Timestamp::MAX;
    assert_eq!(same.content_digest(), plan().content_digest());
}
