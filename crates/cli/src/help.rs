//! Help in the person's language, put into the parser only when it is about to be shown.

use crate::arguments::Arguments;
use clap::{Command, CommandFactory};
use las_i18n::Words;

/// The place of the options that every command takes.
const LAST: usize = 900;

/// The parser with every text: `cli-help-<command path>` and `cli-help-arg-<argument>` of `locales/`.
pub(crate) fn localised(words: &Words) -> Command {
    let footer = words.text("cli-help-footer", &[]);
    command(Arguments::command(), "cli-help", words).after_help(footer)
}

fn command(command: Command, key: &str, words: &Words) -> Command {
    let template = format!(
        "{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}{{after-help}}",
        words.text("cli-help-heading-usage", &[])
    );
    let mut command = command
        .about(words.text(key, &[]))
        .help_template(template)
        .subcommand_help_heading(words.text("cli-help-heading-commands", &[]))
        .mut_args(|argument| {
            let heading = if argument.is_positional() {
                "cli-help-heading-arguments"
            } else {
                "cli-help-heading-options"
            };
            let text =
                words.text(&format!("cli-help-arg-{}", argument.get_id().as_str().replace('_', "-")), &[]);
            let heading = words.text(heading, &[]);
            // What every command takes comes after what this one takes.
            let order = if argument.is_global_set() { LAST } else { argument.get_index().unwrap_or(1) };
            argument.help(text).help_heading(heading).display_order(order)
        });
    let names: Vec<String> = command.get_subcommands().map(|child| child.get_name().to_owned()).collect();
    for name in names {
        let key = format!("{key}-{name}");
        command = command.mut_subcommand(&name, |child| self::command(child, &key, words));
    }
    command
}

#[cfg(test)]
mod tests {
    use super::localised;
    use las_i18n::{Words, available};

    #[test]
    fn every_command_and_argument_has_a_text_in_every_language() {
        for language in available() {
            let mut command = localised(&Words::for_user(Some(&language)));
            command.build();
            let mut open = vec![command];
            while let Some(command) = open.pop() {
                let mut command = command;
                let text = command.render_long_help().to_string();
                assert!(!text.contains("[cli-help-"), "{language}: {text}");
                open.extend(command.get_subcommands().cloned());
            }
        }
    }

    #[test]
    fn the_parser_is_consistent() {
        localised(&Words::for_user(Some("en"))).debug_assert();
    }
}
