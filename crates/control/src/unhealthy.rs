//! When a version that replaced another does not become healthy.

use las_types::{Code, ExecutionPlan, Failure, StepAction};

/// The failure of a step, as what it is for the plan as a whole: a service that does not start from a
/// version that the plan brought says of that version that it is not healthy.
pub(crate) fn judged(plan: &ExecutionPlan, action: &StepAction, failure: Failure) -> Failure {
    let StepAction::ServiceStart { spec } = action else { return failure };
    let brought = plan.steps.iter().find_map(|step| match &step.action {
        StepAction::StoreAdd { item, .. } if item.name == spec.module => Some(item),
        _ => None,
    });
    // A model that is damaged or a disk that is full says nothing of the program.
    let of_the_program = matches!(
        failure.code,
        Code::EngineStartFailed
            | Code::EngineStopped
            | Code::ProgramStartFailed
            | Code::ServiceEnded
            | Code::IoFailed
            | Code::PermissionDenied
    );
    let Some(item) = brought.filter(|_| of_the_program) else { return failure };
    let said =
        |name: &str, otherwise: &str| failure.args.get(name).cloned().unwrap_or_else(|| otherwise.to_owned());
    Failure::new(Code::ModuleUnhealthy)
        .with("name", &item.name)
        .with("version", &item.version)
        .with("service", &spec.name)
        .with("reason", said("reason", "other"))
        .with("number", said("number", ""))
        .with("detail", said("detail", failure.code.as_str()))
        .because(failure)
}
