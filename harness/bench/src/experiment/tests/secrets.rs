//! No error shows a key, wherever and however it stands.

use super::*;

#[test]
fn a_key_is_never_shown() {
    let secret = "TOPSECRETVALUE";
    for text in [
        with("kind: simulated}", &format!("kind: simulated, api_key: {secret}}}")),
        with("kind: simulated}", &format!("kind: simulated, \"api_key\": \"{secret}\"}}")),
        with("    kind: simulated\n", &format!("    kind: simulated\n    api_key: {secret}\n    profil: x\n")),
        with("    kind: simulated\n", &format!("    kind: simulated\n    api_key: >\n      {secret}\n    profil: x\n")),
        with("    kind: simulated\n", &format!("    kind: openai\n    api_key:\n      {secret}\n")),
        with("    kind: simulated\n", &format!("    kind: simulated\n    ? api_key\n    : {secret}\n")),
        with("[4, 1, 2]", &format!("[4\napi_key: {secret}")),
        with("name: strong", &format!("name: [sk-{secret}]")),
        with("name: strong", &format!("name: sk-{secret}/x")),
    ] {
        for overrides in [vec![], vec!["seed=x"]] {
            let error = read(&text, &overrides).expect_err("refused");
            let shown = format!("{}{error}{error:?}", render(&error));
            assert!(!shown.contains(secret), "{text}\n{shown}");
        }
    }
    for set in ["backbones.0.api_key=", "backbones.wek.api_key=", "api_key.x=", "api_key:"] {
        let shown = broken(BASE, &[&format!("{set}{secret}")]);
        assert!(!shown.contains(secret), "{shown}");
    }
}
