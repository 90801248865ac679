"""From what a person has in hand to the cause in the configuration.

Nothing is sent anywhere, and no token, secret or header value is kept. The way of an input:

- `input_text` makes text of a file's bytes, `har` a transcript of a HAR file, and `large_text`
  chooses what of a very large text is looked at;
- `reading` finds in it what tells why a request failed, as `clues`: errors (`errors_in_text`),
  token requests (`requests_in_text`), tokens (`json_web_token`, `pasted_claims`, `signature`),
  calls of the Okta APIs (`api_calls`), events of the System Log (`log_events`);
- `request_words` is what is known of the request, from clues and options, and `case` looks it up
  in a snapshot;
- `diagnosis` puts the answer together.

What the answer is made of:

- errors: `catalogue` has all rows (`known_error`), which stand in `causes/` with their checks, and
  `judged_error` orders the causes of one; `leading_findings` are the findings that lead to it;
- calls of the Okta APIs: `api_answers` asks `api_rights/` (what a call needs, and what its caller
  has) and `api_limits/` (rate limits, outages), and `api_causes` words it as causes;
- tokens: `token_checks` asks `token_issuer`, `token_kind` and `token_times`, each answers with a
  `token_remark`; `scheme_checks` is about the Authorization header.

`auditor/cli/diagnosis_*.py` reads the inputs and writes the answer as text or JSON.
"""
