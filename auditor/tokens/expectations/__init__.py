"""Expectations: what token requests should be answered with, pinned in a YAML file.

| file | what it holds |
|---|---|
| `model.py` | one expectation, its keys and their JSON Schema |
| `yaml_file.py` | reads the file as data only, and knows the line of every key |
| `cases.py` | the requests that a file means, and what became of them |
"""
