//! Replies in the form in which servers write them, shortened.

use super::super::read::read;
use super::super::reply::{Choice, Reply, Usage};
use crate::vocabulary::FinishReason;

fn whole(body: &str) -> Reply {
    read(body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {body}"))
}

fn refused(body: &str) -> String {
    read(body.as_bytes()).unwrap_err().0
}

fn choice(text: &str, finish: FinishReason) -> Choice {
    Choice { text: text.to_owned(), finish: Some(finish) }
}

fn usage(prompt: u64, cached: Option<u64>, completion: u64, reasoning: Option<u64>) -> Usage {
    Usage { prompt: Some(prompt), cached, completion: Some(completion), reasoning }
}

#[test]
fn vllm_chat() {
    let body = r#"{"id":"chatcmpl-8f1","object":"chat.completion","created":1764117000,"model":"Qwen/Qwen2.5-7B-Instruct",
        "choices":[{"index":0,"message":{"role":"assistant","content":"It is \\boxed{2}.","refusal":null,"annotations":null,
        "audio":null,"function_call":null,"tool_calls":[],"reasoning_content":null},"logprobs":null,"finish_reason":"stop",
        "stop_reason":null,"token_ids":null}],"service_tier":null,"system_fingerprint":null,"usage":{"prompt_tokens":36,
        "total_tokens":46,"completion_tokens":10,"prompt_tokens_details":{"cached_tokens":32}},"prompt_logprobs":null,
        "kv_transfer_params":null}"#;
    let reply = whole(body);
    assert_eq!(reply.choices, [choice("It is \\boxed{2}.", FinishReason::Stop)]);
    assert_eq!(reply.usage, usage(36, Some(32), 10, None));
}

#[test]
fn vllm_with_a_reasoning_parser_sends_reasoning_apart_under_one_name_or_both() {
    let body = r#"{"choices":[{"index":0,"message":{"role":"assistant","reasoning":"\n1 and 1\n","reasoning_content":
        "\n1 and 1\n","content":"\\boxed{2}"},"finish_reason":"stop","stop_reason":151645}],"usage":{"prompt_tokens":5,
        "completion_tokens":9,"total_tokens":14,"prompt_tokens_details":null}}"#;
    assert_eq!(whole(body).choices, [choice("<think>\n1 and 1\n</think>\n\n\\boxed{2}", FinishReason::Stop)]);
    let cut = r#"{"choices":[{"index":0,"message":{"reasoning":"1 and","content":null},"finish_reason":"length"}]}"#;
    assert_eq!(whole(cut).choices, [choice("<think>\n1 and", FinishReason::Length)]);
}

#[test]
fn vllm_completions_with_several_choices_out_of_order() {
    let body = r#"{"id":"cmpl-1","object":"text_completion","model":"m","choices":[
        {"index":1,"text":" b","logprobs":null,"finish_reason":"length","stop_reason":null,"prompt_logprobs":null},
        {"index":0,"text":" a","logprobs":null,"finish_reason":"stop","stop_reason":"END","prompt_logprobs":null}],
        "usage":{"prompt_tokens":5,"total_tokens":25,"completion_tokens":20,"prompt_tokens_details":null}}"#;
    let reply = whole(body);
    assert_eq!(reply.choices, [choice(" a", FinishReason::Stop), choice(" b", FinishReason::Length)]);
    assert_eq!(reply.usage, usage(5, None, 20, None));
}

#[test]
fn sglang() {
    let body = r#"{"id":"c0ffee","object":"chat.completion","created":1764117000,"model":"deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
        "choices":[{"index":0,"message":{"role":"assistant","content":"2","reasoning_content":"think","tool_calls":null},
        "logprobs":null,"finish_reason":"stop","matched_stop":151643}],"usage":{"prompt_tokens":11,"total_tokens":42,
        "completion_tokens":31,"prompt_tokens_details":{"cached_tokens":3},"reasoning_tokens":25},"metadata":
        {"weight_version":"default"}}"#;
    let reply = whole(body);
    assert_eq!(reply.choices, [choice("<think>\nthink\n</think>\n\n2", FinishReason::Stop)]);
    assert_eq!(reply.usage, usage(11, Some(3), 31, Some(25)));
    let abort = r#"{"choices":[{"index":0,"message":{"content":"so"},"finish_reason":"abort"}]}"#;
    assert_eq!(refused(abort), "the server gave the completion up (`finish_reason`: `abort`)");
}

#[test]
fn llama_cpp() {
    let body = r#"{"choices":[{"finish_reason":"length","index":0,"message":{"role":"assistant","content":"one two"}}],
        "created":1764117000,"model":"gpt-3.5-turbo","system_fingerprint":"b4500-abc","object":"chat.completion",
        "usage":{"completion_tokens":8,"prompt_tokens":12,"total_tokens":20},"id":"chatcmpl-x","timings":
        {"prompt_n":12,"prompt_ms":30.5,"predicted_n":8,"predicted_per_second":61.2}}"#;
    let reply = whole(body);
    assert_eq!(reply.choices, [choice("one two", FinishReason::Length)]);
    assert_eq!(reply.usage, usage(12, None, 8, None));
}

#[test]
fn ollama() {
    let body = r#"{"id":"chatcmpl-917","object":"chat.completion","created":1764117000,"model":"qwen3:4b",
        "system_fingerprint":"fp_ollama","choices":[{"index":0,"message":{"role":"assistant","content":"2","reasoning":
        "Okay."},"finish_reason":"stop"}],"usage":{"prompt_tokens":15,"completion_tokens":30,"total_tokens":45}}"#;
    assert_eq!(whole(body).choices, [choice("<think>\nOkay.\n</think>\n\n2", FinishReason::Stop)]);
}

#[test]
fn openai() {
    let body = r#"{"id":"chatcmpl-B9","object":"chat.completion","created":1741569952,"model":"gpt-x","choices":[{"index":0,
        "message":{"role":"assistant","content":"2","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":
        "content_filter"}],"usage":{"prompt_tokens":19,"completion_tokens":1034,"total_tokens":1053,
        "prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":1024,
        "audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default"}"#;
    let reply = whole(body);
    assert_eq!(reply.choices, [choice("2", FinishReason::Filtered)]);
    assert_eq!(reply.usage, usage(19, Some(0), 1034, Some(1024)));
}

#[test]
fn deepseek() {
    let body = r#"{"id":"930c","object":"chat.completion","created":1705651092,"model":"deepseek-reasoner","choices":[{"index":0,
        "message":{"role":"assistant","content":"2","reasoning_content":"First"},"logprobs":null,"finish_reason":"stop"}],
        "usage":{"prompt_tokens":16,"completion_tokens":10,"total_tokens":26,"prompt_tokens_details":{"cached_tokens":8},
        "completion_tokens_details":{"reasoning_tokens":7},"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":8},
        "system_fingerprint":"fp_1"}"#;
    assert_eq!(whole(body).usage, usage(16, Some(8), 10, Some(7)));
    let older = r#"{"choices":[{"message":{"content":"2"},"finish_reason":"stop"}],"usage":{"prompt_tokens":16,
        "completion_tokens":10,"prompt_cache_hit_tokens":4}}"#;
    assert_eq!(whole(older).usage.cached, Some(4));
    let busy = r#"{"choices":[{"message":{"content":""},"finish_reason":"insufficient_system_resource"}]}"#;
    assert!(refused(busy).contains("gave the completion up"));
}

#[test]
fn a_vendor_that_counts_reasoning_beside_the_completion() {
    let body = r#"{"choices":[{"message":{"content":"2"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,
        "completion_tokens":5,"total_tokens":115,"completion_tokens_details":{"reasoning_tokens":100}}}"#;
    assert_eq!(whole(body).usage, usage(10, None, 105, Some(100)));
}

#[test]
fn content_in_parts_a_refusal_and_an_unsaid_end() {
    let parts = r#"{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
        "finish_reason":null}]}"#;
    assert_eq!(whole(parts).choices, [Choice { text: "ab".to_owned(), finish: None }]);
    let refusal = r#"{"choices":[{"message":{"content":null,"refusal":"No."},"finish_reason":"stop"}]}"#;
    assert_eq!(whole(refusal).choices, [choice("No.", FinishReason::Stop)]);
    let object = r#"{"choices":[{"text":"a","finish_reason":{"type":"length","length":8}}]}"#;
    assert_eq!(whole(object).choices, [choice("a", FinishReason::Length)]);
}

#[test]
fn what_is_no_completion_is_refused_and_says_why() {
    assert_eq!(refused(r#"{"choices":[]}"#), "the reply has no choices");
    assert_eq!(refused("{}"), "the reply has no choices");
    assert_eq!(refused(r#"{"error":{"message":"overloaded","code":529}}"#), "the reply is an error: overloaded");
    assert_eq!(refused(r#"{"choices":[{"text":"a"#), "the reply's JSON ends in the middle, at byte 22");
    assert_eq!(refused(""), "the reply is empty");
    // Some servers put this into good replies.
    assert_eq!(whole(r#"{"error":null,"choices":[{"text":"a","finish_reason":"stop"}]}"#).choices.len(), 1);
}

/// The events of a stream.
fn events(events: &[&str]) -> String {
    events.iter().map(|event| format!("data: {event}\n\n")).collect()
}

#[test]
fn a_stream_is_put_together_and_its_last_usage_counts() {
    let body = events(&[
        r#"{"id":"x","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}"#,
        r#"{"id":"x","choices":[{"index":0,"delta":{"reasoning_content":"hm"},"finish_reason":null}]}"#,
        r#"{"id":"x","choices":[{"index":1,"delta":{"content":"other"},"finish_reason":"length"}]}"#,
        r#"{"id":"x","choices":[{"index":0,"delta":{"content":"It is "}}]}"#,
        r#"{"id":"x","choices":[{"index":0,"delta":{"content":"2"},"finish_reason":"stop"}]}"#,
        r#"{"id":"x","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":7,"total_tokens":10}}"#,
        "[DONE]",
    ]);
    let reply = whole(&format!(": keep-alive\n\n{body}"));
    let expected =
        [choice("<think>\nhm\n</think>\n\nIt is 2", FinishReason::Stop), choice("other", FinishReason::Length)];
    assert_eq!(reply.choices, expected);
    assert_eq!(reply.usage, usage(3, None, 7, None));
}

#[test]
fn what_a_stream_says_twice_is_taken_once() {
    let last = r#"{"id":"x","choices":[{"index":0,"text":" b","finish_reason":"stop"}]}"#;
    let body = events(&[
        r#"{"id":"x","choices":[{"index":0,"text":"a"}]}"#,
        r#"{"id":"y","choices":[{"index":0,"text":"of another reply"}]}"#,
        last,
        last,
        "[DONE]",
        "[DONE]",
    ]);
    assert_eq!(whole(&body).choices, [choice("a b", FinishReason::Stop)]);
    let numbered = "id: 1\ndata: {\"choices\":[{\"text\":\"a\"}]}\n\nid: 1\ndata: {\"choices\":[{\"text\":\"a\"}]}\n\n\
                    id: 2\r\ndata: {\"choices\":[{\"text\":\"b\",\r\ndata: \"finish_reason\":\"stop\"}]}\r\n\r\n";
    assert_eq!(whole(numbered).choices, [choice("ab", FinishReason::Stop)]);
}

#[test]
fn a_stream_that_breaks_off_is_refused() {
    let piece = r#"{"choices":[{"index":0,"delta":{"content":"It is "}}]}"#;
    assert_eq!(refused(&events(&[piece])), "the stream ended before the reply did");
    assert!(refused(&events(&[piece, r#"{"error":{"message":"gone"}}"#])).ends_with("gone"));
    assert_eq!(refused(&events(&["[DONE]"])), "the reply has no choices");
    assert_eq!(
        refused(&format!("{}data: {{\"cho", events(&[piece]))),
        "the reply's JSON ends in the middle, at byte 5"
    );
}
