//! Patterns of names: `*` and `?` within a part of a path, `**/` for any folders between.

/// Whether a pattern has a sign that stands for others.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether a name is as the pattern says. A `*` or `?` stands for no `fence`, where there is one; `**` stands for
/// anything, and followed by the fence for nothing as well.
pub fn matches(pattern: &str, name: &str, fence: Option<char>) -> bool {
    let name: Vec<char> = name.chars().collect();
    let mut signs = pattern.chars().peekable();
    // Whether the pattern so far ends before each place of the name.
    let mut ends = vec![false; name.len() + 1];
    ends[0] = true;
    while let Some(sign) = signs.next() {
        let is_double = sign == '*' && signs.next_if_eq(&'*').is_some();
        let is_folders = is_double && fence.is_some_and(|fence| signs.next_if_eq(&fence).is_some());
        let (mut next, mut open) = (vec![false; name.len() + 1], false);
        for at in 0..=name.len() {
            let before = at.checked_sub(1).map(|before| name[before]);
            let may_pass = before.is_some() && (is_double || before != fence);
            next[at] = match sign {
                '*' => {
                    open = ends[at] || (open && may_pass);
                    if is_folders { ends[at] || (open && before == fence) } else { open }
                }
                '?' => at > 0 && ends[at - 1] && may_pass,
                sign => at > 0 && ends[at - 1] && before == Some(sign),
            };
        }
        ends = next;
    }
    ends[name.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_the_pattern_says() {
        let path = |pattern, name| matches(pattern, name, Some('/'));
        assert!(path("a/*.pt", "a/1.pt") && path("a/*.pt", "a/.pt") && path("*", "x"));
        assert!(!path("a/*.pt", "a/b/1.pt") && !path("a/*.pt", "a/1.pth") && !path("*", "a/b"));
        assert!(path("a/**/*.pt", "a/1.pt") && path("a/**/*.pt", "a/b/c/1.pt") && path("**", "a/b"));
        assert!(!path("a/**/x.pt", "a/bx.pt"));
        assert!(path("step-??.pt", "step-07.pt") && !path("step-??.pt", "step-7.pt") && !path("a?b", "a/b"));
        let tensor = |pattern, name| matches(pattern, name, None);
        assert!(tensor("*.running_mean", "layers/bn.running_mean") && tensor("*bn*", "a/bn/x"));
        assert!(!tensor("*.running_mean", "running_mean") && !tensor("bn", "bn1") && tensor("", ""));
    }
}
