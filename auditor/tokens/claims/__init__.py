"""Claims of authorization servers: which expressions fail, as far as that can be decided offline.

| file | what it holds |
|---|---|
| `faults.py` | what is wrong with a claim, and the tokens that Okta refuses for it |
| `refusals.py` | the tokens of a server and grant type that are refused for a claim |
| `evaluation.py` | whether evaluating an expression fails for certain |
| `parser.py` | the grammar of expressions, as a tree |
| `tokens.py` | the words and marks of an expression |
"""
