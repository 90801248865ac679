"""What refuses or breaks a call for a time: rate limits, and faults at Okta.

`buckets` knows which limit a call counts against, `rate_limit` explains a 429 with a snapshot or
without, and `outage` what is known of answers from 500 on and of timeouts.
"""
