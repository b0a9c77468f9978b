//! Replies in the form in which servers write them, shortened.

use super::super::read::read;
use super::super::reply::{Choice, Reply};
use super::super::usage::Usage;
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
    Usage { prompt: Some(prompt), cached, completion: Some(completion), reasoning, ..Usage::default() }
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
    assert_eq!(told(&reply), usage(36, Some(32), 10, None));
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
    assert_eq!(told(&reply), usage(5, None, 20, None));
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
    assert_eq!(told(&reply), usage(11, Some(3), 31, Some(25)));
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
    assert_eq!(told(&reply), usage(12, None, 8, None));
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
    assert_eq!(told(&reply), usage(19, Some(0), 1034, Some(1024)));
}

#[test]
fn deepseek() {
    let body = r#"{"id":"930c","object":"chat.completion","created":1705651092,"model":"deepseek-reasoner","choices":[{"index":0,
        "message":{"role":"assistant","content":"2","reasoning_content":"First"},"logprobs":null,"finish_reason":"stop"}],
        "usage":{"prompt_tokens":16,"completion_tokens":10,"total_tokens":26,"prompt_tokens_details":{"cached_tokens":8},
        "completion_tokens_details":{"reasoning_tokens":7},"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":8},
        "system_fingerprint":"fp_1"}"#;
    assert_eq!(told(&whole(body)), usage(16, Some(8), 10, Some(7)));
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
    assert_eq!(told(&whole(body)), usage(10, None, 105, Some(100)));
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

/// What a reply says it used, without the sum.
fn told(reply: &Reply) -> Usage {
    Usage { total: None, ..reply.usage }
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
    assert_eq!(told(&reply), usage(3, None, 7, None));
}

#[test]
fn what_a_stream_says_twice_is_taken_once() {
    let last = r#"{"id":"x","choices":[{"index":0,"text":" b","finish_reason":"stop"}]}"#;
    let body = events(&[
        r#"{"id":"x","choices":[{"index":0,"text":"a"}]}"#,
        r#"{"id":"y","choices":[{"index":0,"text":" and"}]}"#,
        last,
        last,
        "[DONE]",
        "[DONE]",
    ]);
    assert_eq!(whole(&body).choices, [choice("a and b", FinishReason::Stop)], "an id of its own makes no other reply");
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

#[test]
fn pieces_belong_to_the_reply_whatever_their_id_and_an_empty_reason_is_none() {
    let pieces = |ids: [&str; 3], unsaid: &str| {
        let [first, second, last] = ids;
        events(&[
            r#"{"id":"","model":"","choices":[],"prompt_filter_results":[{"prompt_index":0}]}"#,
            &format!(
                r#"{{"id":"{first}","choices":[{{"index":0,"delta":{{"content":"It "}},"finish_reason":{unsaid}}}]}}"#
            ),
            &format!(r#"{{"id":"{second}","choices":[{{"delta":{{"content":"is 2"}},"finish_reason":{unsaid}}}]}}"#),
            &format!(
                r#"{{"id":"{last}","choices":[{{"index":0,"delta":{{}},"finish_reason":"stop"}}],"model":"served"}}"#
            ),
            "[DONE]",
        ])
    };
    for unsaid in ["null", "\"\"", "\" \"", "\"null\"", "\"None\"", "\"FINISH_REASON_UNSPECIFIED\""] {
        for ids in [["a", "a", "a"], ["a", "b", "c"], ["", "x", ""]] {
            let reply = whole(&pieces(ids, unsaid));
            assert_eq!(reply.choices, [choice("It is 2", FinishReason::Stop)], "{ids:?} {unsaid}");
            assert_eq!((reply.model.as_deref(), reply.open_end), (Some("served"), false));
        }
    }
}

#[test]
fn an_error_in_any_form_makes_a_stream_no_reply_however_it_ends() {
    let piece = r#"{"choices":[{"index":0,"delta":{"content":"It is "}}]}"#;
    let last = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    let before = events(&[piece]);
    for error in [
        "data: {\"error\":{\"message\":\"gone\"}}\n\n",
        "data: {\"error\":\"gone\"}\n\n",
        "data: {\"object\":\"error\",\"message\":\"gone\",\"code\":50001}\n\n",
        "data: {\"type\":\"error\",\"error\":{\"message\":\"gone\"}}\n\n",
        "data: {\"code\":500,\"message\":\"gone\"}\n\n",
        "data: {\"detail\":\"gone\"}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"error\":{\"message\":\"gone\"}}]}\n\n",
        "event: error\ndata: {\"message\":\"gone\"}\n\n",
        "event: error\ndata: gone\n\n",
        "error: {\"code\":500,\"message\":\"gone\"}\n\n",
        "{\"error\":{\"message\":\"gone\"}}\n\n",
    ] {
        for after in [String::new(), events(&["[DONE]"]), events(&[last, "[DONE]"])] {
            let why = refused(&format!("{before}{error}{after}"));
            assert_eq!(why, "the reply is an error: gone", "{error}{after}");
        }
    }
    assert!(refused(&format!("{before}data: Internal Server Error\n\ndata: [DONE]\n\n")).contains("not JSON"));
    let gave_up = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}"#;
    assert!(refused(&events(&[piece, gave_up, "[DONE]"])).contains("gave the completion up"));
    let harmless =
        r#"{"error":null,"type":"ping","choices":[{"index":0,"delta":{"content":"2"},"finish_reason":"stop"}]}"#;
    assert_eq!(whole(&events(&[piece, harmless])).choices, [choice("It is 2", FinishReason::Stop)]);
}

#[test]
fn a_stream_that_ends_without_a_reason_is_told_from_one_that_gives_it() {
    let piece = r#"{"choices":[{"index":0,"delta":{"content":"It is "}}]}"#;
    let count = r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":7}}"#;
    let zeros = r#"{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}"#;
    let open = |pieces: &[&str]| {
        let reply = whole(&events(pieces));
        (reply.choices[0].finish, reply.open_end, reply.usage.completion)
    };
    assert_eq!(open(&[piece, "[DONE]"]), (None, true, None));
    assert_eq!(open(&[piece, zeros, "[DONE]"]), (None, true, None));
    assert_eq!(open(&[piece, count, "[DONE]"]), (None, false, Some(7)), "a count is said at the end");
    assert_eq!(open(&[piece, count, zeros, "[DONE]"]), (None, false, Some(7)), "zeros replace no count");
}

#[test]
fn a_limit_and_a_filter_have_many_names() {
    for (name, finish) in [
        ("MAX_TOKENS", FinishReason::Length),
        ("max_output_tokens", FinishReason::Length),
        ("Length", FinishReason::Length),
        ("FinishReason.MAX_TOKENS", FinishReason::Length),
        ("max-tokens", FinishReason::Length),
        ("SAFETY", FinishReason::Filtered),
        ("RECITATION", FinishReason::Filtered),
        ("Content_Filter", FinishReason::Filtered),
        ("STOP", FinishReason::Stop),
        ("eos", FinishReason::Stop),
        ("end_turn", FinishReason::Stop),
    ] {
        let body = format!(r#"{{"choices":[{{"text":"a","finish_reason":"{name}"}}]}}"#);
        assert_eq!(whole(&body).choices, [choice("a", finish)], "{name}");
    }
}

#[test]
fn an_odd_field_never_loses_a_readable_reply() {
    for odd in [
        r#""error":"""#,
        r#""error":{}"#,
        r#""error":false"#,
        r#""usage":"none""#,
        r#""usage":{"prompt_tokens":-1,"completion_tokens":2.5}"#,
        r#""usage":{"prompt_tokens":{},"completion_tokens_details":7}"#,
        r#""model":7"#,
        r#""id":null,"created":"now""#,
    ] {
        for place in [r#""index":0"#, r#""index":null"#, r#""index":"first""#, r#""logprobs":"?""#] {
            let body = format!(
                r#"{{{odd},"choices":[{{{place},"message":{{"role":7,"content":"a","tool_calls":"?"}},"finish_reason":"stop"}}]}}"#
            );
            assert_eq!(whole(&body).choices, [choice("a", FinishReason::Stop)], "{body}");
        }
    }
}

#[test]
fn a_text_that_is_not_clean_unicode_is_kept_whole_or_streamed() {
    let body = r#"{"choices":[{"message":{"content":"x \ud835 2"},"finish_reason":"stop"}]}"#;
    assert_eq!(whole(body).choices, [choice("x \u{fffd} 2", FinishReason::Stop)]);
    let pieces = [
        r#"{"choices":[{"delta":{"content":"x \udc00"}}]}"#,
        r#"{"choices":[{"delta":{"content":" 2"},"finish_reason":"stop"}]}"#,
    ];
    assert_eq!(whole(&events(&pieces)).choices, [choice("x \u{fffd} 2", FinishReason::Stop)]);
}

#[test]
fn a_filter_that_refuses_with_a_good_status_is_a_filtered_draw() {
    for body in [
        r#"{"error":{"code":"content_filter","message":"blocked"}}"#,
        r#"{"code":"data_inspection_failed","message":"Input data may contain inappropriate content."}"#,
    ] {
        assert_eq!(whole(body).choices, [choice("", FinishReason::Filtered)], "{body}");
    }
}
