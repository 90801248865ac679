"""Compliance frameworks: which rules bear on which controls, how strongly, and why.

The mappings are data: a YAML file for each framework in `frameworks/`, and files of one's own
of the same form, which docs/controls.md describes.
"""

from auditor.controls.framework_loading import builtin_frameworks as builtin_frameworks
from auditor.controls.framework_loading import read_framework as read_framework
from auditor.controls.framework_loading import unmapped_rules as unmapped_rules
from auditor.lint.framework import Control as Control
from auditor.lint.framework import Framework as Framework
from auditor.lint.framework import Mapped as Mapped
from auditor.lint.framework import Strength as Strength
from auditor.lint.framework import bearing_on as bearing_on
