//! Views: models of ours laid out as other tools expect them. What is made is in the plan, file by file.

use crate::{ControlPlane, Sight};
use las_models::lay_out;
use las_resolver::Draft;
use las_types::{
    AdoptionMethod, Code, Failure, Installed, LaidContent, LaidOut, LaidOutNow, LaidState, ModelTool,
    ModuleName, Note, Placement, StepAction, ViewLink,
};
use std::path::{Path, PathBuf};

/// Which views are meant.
pub(crate) struct Meant<'a> {
    /// Of which model.
    pub(crate) model: &'a ModuleName,
    /// For which tool.
    pub(crate) tool: Option<ModelTool>,
    /// In which folder.
    pub(crate) folder: Option<&'a str>,
}

fn model<'a>(installed: &'a [Installed], name: &ModuleName) -> Result<&'a Installed, Failure> {
    let found = installed.iter().find(|item| item.name == *name && item.model.is_some());
    found.ok_or_else(|| Failure::new(Code::ModelNotFound).with("name", name))
}

fn impossible(item: &Installed, tool: ModelTool, reason: &str) -> Failure {
    Failure::new(Code::ViewNotPossible)
        .with("name", &item.name)
        .with("tool", tool.as_str())
        .with("reason", reason)
}

/// The names of a view's files, in one line.
fn listed(view: &LaidOut) -> String {
    view.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>().join(", ")
}

impl ControlPlane {
    /// What laying a model out means: which files, where, and how they share its bytes.
    ///
    /// Codes: `model-not-found`, `view-not-possible`, `view-folder-unfit`, `view-in-the-way`.
    pub(crate) async fn draft_view_add(
        &self,
        sight: &Sight<'_>,
        name: &ModuleName,
        tool: ModelTool,
        folder: Option<&str>,
    ) -> Result<Draft, Failure> {
        let item = model(sight.installed, name)?;
        let usual = self.usual_folder(tool);
        let folder = folder.map(PathBuf::from).or_else(|| usual.clone()).ok_or_else(|| {
            Failure::new(Code::ViewFolderUnfit).with("path", tool.as_str()).with("reason", "none")
        })?;
        let (folder, by) = self.executor.view_place(item, &folder).await?;
        if item.views.iter().any(|view| (view.tool, &view.folder) == (tool, &folder)) {
            return Ok(Draft { outcome: sight.installed.to_vec(), ..Draft::default() });
        }
        if tool == ModelTool::HuggingFace && by == ViewLink::Symlink {
            // Its own client deletes what its links lead to in the end, and that would be our blob.
            return Err(impossible(item, tool, "system"));
        }
        let own = match tool {
            // What it reads there is below a folder that holds this one.
            ModelTool::Jan => Path::new(&folder).ends_with("llamacpp/models"),
            _ => usual.as_deref().is_some_and(|usual| is_same_folder(usual, &folder)),
        };
        let files = lay_out(tool, item, (!own).then_some(folder.as_str()))
            .map_err(|reason| impossible(item, tool, reason.as_str()))?;
        let mut view = LaidOut { tool, folder, by, files };
        self.clear_of_others(item, &mut view).await?;
        let mut outcome = sight.installed.to_vec();
        for one in outcome.iter_mut().filter(|one| one.name == item.name) {
            one.views.push(view.clone());
        }
        let mut draft = las_resolver::lay_out(&sight.world(), outcome);
        draft.notes.push(
            Note::new("view-laid-out")
                .with("name", &item.name)
                .with("folder", &view.folder)
                .with("by", view.by.as_str())
                .with("files", listed(&view)),
        );
        let shared = match view.by {
            ViewLink::Reflink => None,
            // What another tool has a name of already has that tool's rights, and files of the store have those of all others.
            ViewLink::HardLink
                if item.placement != Placement::Blob
                    || item.source.adoption().is_some_and(|one| one.by == AdoptionMethod::HardLink) =>
            {
                Some("open")
            }
            by => Some(by.as_str()),
        };
        if let Some(by) = shared {
            draft.notes.push(Note::new("view-shared").with("name", &item.name).with("by", by));
        }
        if tool == ModelTool::Ollama {
            draft.notes.push(Note::new("view-ollama").with("name", &item.name));
        }
        Ok(draft)
    }

    /// Refuses a view where something lies already. Only the name of a branch may lie there, as another model of the same
    /// repository left it.
    async fn clear_of_others(&self, item: &Installed, view: &mut LaidOut) -> Result<(), Failure> {
        let states = self.executor.view_states(item, view).await?;
        let mut states = states.into_iter();
        let mut taken = None;
        let tool = view.tool;
        view.files.retain(|file| {
            let free = states.next() == Some(LaidState::Missing);
            let is_branch =
                tool == ModelTool::HuggingFace && matches!(file.content, LaidContent::Text { .. });
            if !free && !is_branch {
                taken.get_or_insert_with(|| file.path.clone());
            }
            free || !is_branch
        });
        match taken {
            Some(path) => {
                let path = Path::new(&view.folder).join(path);
                Err(Failure::new(Code::ViewInTheWay).with("path", path.display()))
            }
            None => Ok(()),
        }
    }

    /// The folder in which a tool usually keeps models: the first that is there, else the first that is known.
    fn usual_folder(&self, tool: ModelTool) -> Option<PathBuf> {
        if tool == ModelTool::Folder {
            return None;
        }
        let places: Vec<PathBuf> = self
            .sources
            .places()
            .into_iter()
            .filter(|place| place.tool == tool)
            .map(|place| place.path)
            .collect();
        places.iter().find(|path| path.is_dir()).or(places.first()).cloned()
    }

    /// What taking views away means. Code: `view-not-found`.
    pub(crate) async fn draft_view_remove(
        &self,
        sight: &Sight<'_>,
        meant: Meant<'_>,
    ) -> Result<Draft, Failure> {
        let item = model(sight.installed, meant.model)?;
        let folder = match meant.folder {
            // As it was named, or as it really is: what was there may be gone.
            Some(folder) => Some((folder, self.executor.view_place(item, Path::new(folder)).await?.0)),
            None => None,
        };
        let is_meant = |view: &LaidOut| {
            meant.tool.is_none_or(|tool| tool == view.tool)
                && folder.as_ref().is_none_or(|(named, real)| view.folder == *named || view.folder == *real)
        };
        if !item.views.iter().any(is_meant) {
            return Err(Failure::new(Code::ViewNotFound).with("name", &item.name));
        }
        let mut outcome = sight.installed.to_vec();
        for one in outcome.iter_mut().filter(|one| one.name == item.name) {
            one.views.retain(|view| !is_meant(view));
        }
        Ok(las_resolver::lay_out(&sight.world(), outcome))
    }

    /// Says which files of the views that a plan takes away will stay: they are not what was made any more.
    pub(crate) async fn with_views_that_stay(&self, mut draft: Draft) -> Result<Draft, Failure> {
        let mut notes = Vec::new();
        for step in &draft.steps {
            let StepAction::ViewRemove { item, view } = &step.action else { continue };
            notes.push(
                Note::new("view-taken-away")
                    .with("name", &item.name)
                    .with("folder", &view.folder)
                    .with("files", listed(view)),
            );
            let states = self.executor.view_states(item, view).await?;
            let others = view.paths().zip(states).filter(|(_, state)| *state == LaidState::Other);
            notes.extend(others.map(|(path, _)| Note::new("view-file-stays").with("path", path)));
        }
        draft.notes.extend(notes);
        Ok(draft)
    }

    /// The views of a model that are second names of its files, and in which nothing of others lies: they are laid out again
    /// when these are replaced.
    pub(crate) async fn views_of_its_files(&self, item: &Installed) -> Result<Vec<LaidOut>, Failure> {
        let mut found = Vec::new();
        for view in item.views.iter().filter(|view| view.by == ViewLink::HardLink) {
            if !self.executor.view_states(item, view).await?.contains(&LaidState::Other) {
                found.push(view.clone());
            }
        }
        Ok(found)
    }

    /// Every view, model by model, and what has become of each of its files.
    pub async fn views(&self) -> Result<Vec<LaidOutNow>, Failure> {
        let mut all = Vec::new();
        for item in self.installed().await? {
            for view in &item.views {
                let states = self.executor.view_states(&item, view).await?;
                all.push(LaidOutNow { model: item.name.clone(), view: view.clone(), states });
            }
        }
        Ok(all)
    }
}

fn is_same_folder(one: &Path, other: &str) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    real(one) == real(Path::new(other))
}
