//! How fast an engine writes, as its own counters say.

/// Tokens below which a rate says nothing: the first of each answer waits for its prompt.
const TOKENS_LEAST: f64 = 16.0;

/// Thousandths of a token a second since it was started, from its `/metrics`; none where it has written too little.
pub(super) fn of_metrics(text: &str) -> Option<u64> {
    let number = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
        value.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0)
    };
    let tokens = number("llamacpp:tokens_predicted_total").filter(|tokens| *tokens >= TOKENS_LEAST)?;
    let seconds = number("llamacpp:tokens_predicted_seconds_total")?;
    // As text: a whole number of thousandths, whatever a float makes of it.
    format!("{:.0}", tokens * 1000.0 / seconds).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::of_metrics;

    #[test]
    fn a_rate_is_tokens_by_their_time_and_nothing_where_there_are_few() {
        let of = |tokens: &str, seconds: &str| {
            of_metrics(&format!(
                "# TYPE llamacpp:tokens_predicted_total counter\nllamacpp:tokens_predicted_total {tokens}\n\
                 llamacpp:tokens_predicted_seconds_total {seconds}\nllamacpp:predicted_tokens_seconds 7\n"
            ))
        };
        assert_eq!(of("100", "12.5"), Some(8000));
        assert_eq!((of("3", "0.1"), of("100", "0"), of("x", "1"), of_metrics("")), (None, None, None, None));
    }
}
